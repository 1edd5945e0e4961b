import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import type { DocumentRegistry } from '@jupyterlab/docregistry';
import type { Contents } from '@jupyterlab/services';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { imageIcon } from '@jupyterlab/ui-components';

import type { Bridge, FileRef } from '../bridge';
import type { Description } from '../bridge/description';
import type { Translate } from '../forms';
import { Picture, State, steps, Workbench, type Made } from '../workbench';
import { kindOf, message, save } from './contents';
import { askToReplace } from './dialog';
import { factory } from './factory';
import { another, formats, target } from './names';
import { Shown } from './shown';
import { IWasmcell } from './token';

const NAME = 'wasmcell';

/** An image as a document: before and after, with the steps between. It needs no kernel. */
export const workbenchPlugin: JupyterFrontEndPlugin<void> = {
  id: 'wasmcell:workbench',
  description: 'Opens images in a workbench.',
  autoStart: true,
  requires: [IWasmcell],
  optional: [ITranslator],
  activate: (app: JupyterFrontEnd, wasmcell: IWasmcell, translator: ITranslator | null): void => {
    const bundle = (translator ?? nullTranslator).load('wasmcell');
    const trans: Translate = (text, ...args) => bundle.__(text, ...args);
    const description = wasmcell.modules.find(({ module }) => module === 'image')!;
    const { contents } = app.serviceManager;
    app.docRegistry.addWidgetFactory(
      factory({ name: NAME, label: trans('wasmcell'), fileTypes: formats(description) }, imageIcon, context =>
        new ImageBench(context, wasmcell, description, contents, trans)
      )
    );
  }
};

/** The workbench of a document. */
class ImageBench extends Shown<Workbench> {
  readonly #state = new State();

  constructor(
    context: DocumentRegistry.Context,
    wasmcell: IWasmcell,
    private readonly description: Description,
    private readonly contents: Contents.IManager,
    private readonly trans: Translate
  ) {
    super(context, wasmcell);
    this.addClass('wasmcell-Workbench-place');
  }

  protected get name(): string {
    return this.#name(this.context.path);
  }

  protected showing(bridge: Bridge, file: FileRef): Workbench {
    const { description, name, trans } = this;
    return new Workbench({
      bridge,
      description,
      state: this.#state,
      screen: new Picture(trans, { wheel: true }),
      file,
      source: name,
      accept: trans('Save as New File'),
      save: made =>
        this.#save(made).catch(error => {
          throw new Error(trans('Not saved: %1', message(error, trans)));
        }),
      trans
    });
  }

  /** Saves the result beside the source, over nothing unless a person says so; what is to be said of it. */
  async #save({ file, format }: Made): Promise<string | undefined> {
    const trans = this.trans;
    const contents = this.contents;
    const done = steps(this.#state.recipe);
    const suffix = done.length === 0 ? '' : done.length === 1 ? `-${done[0]!.tag}` : '-edited';
    const wanted = target(this.context.path, suffix, format);
    let path = wanted;
    const there = await kindOf(contents, wanted);
    const decision = there && there !== 'directory' ? await askToReplace([this.#name(wanted)], trans) : 'keep';
    if (!decision) {
      return trans('Nothing was saved.');
    }
    for (let number = 1; decision === 'keep' && (await kindOf(contents, path)); number++) {
      path = another(wanted, number);
    }
    const bridge = await this.wasmcell.bridge();
    await save(contents, path, await bridge.pull(file), decision === 'replace', new AbortController().signal);
    return trans('%1 saved.', this.#name(path));
  }

  #name(path: string): string {
    return this.contents.localPath(path).split('/').pop()!;
  }
}
