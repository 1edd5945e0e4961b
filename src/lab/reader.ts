import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import type { DocumentRegistry } from '@jupyterlab/docregistry';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { pdfIcon } from '@jupyterlab/ui-components';
import { Widget } from '@lumino/widgets';

import type { FileRef } from '../bridge';
import type { Translate } from '../forms';
import { DocumentBook, Reader } from '../reader';
import { bytesOf } from './contents';
import { factory } from './factory';
import { IWasmcell } from './token';

/** That of the image's document is taken. People see the label. */
const NAME = 'wasmcell-pdf';

/** A PDF file as a document, to be read. It needs no kernel. */
export const readerPlugin: JupyterFrontEndPlugin<void> = {
  id: 'wasmcell:reader',
  description: 'Opens PDF documents in a reader.',
  autoStart: true,
  requires: [IWasmcell],
  optional: [ITranslator],
  activate: (app: JupyterFrontEnd, wasmcell: IWasmcell, translator: ITranslator | null): void => {
    const bundle = (translator ?? nullTranslator).load('wasmcell');
    const trans: Translate = (text, ...args) => bundle.__(text, ...args);
    const { contents } = app.serviceManager;
    app.docRegistry.addWidgetFactory(
      factory({ name: NAME, label: trans('wasmcell'), fileTypes: ['PDF'] }, pdfIcon, context => {
        const name = contents.localPath(context.path).split('/').pop()!;
        return new PdfReader(context, name, wasmcell, trans);
      })
    );
  }
};

/** The reader of a document. */
class PdfReader extends Widget {
  readonly #context: DocumentRegistry.Context;
  readonly #name: string;
  readonly #wasmcell: IWasmcell;
  readonly #trans: Translate;
  #reader: Reader | undefined;
  #file: FileRef | undefined;

  constructor(context: DocumentRegistry.Context, name: string, wasmcell: IWasmcell, trans: Translate) {
    super();
    this.#context = context;
    this.#name = name;
    this.#wasmcell = wasmcell;
    this.#trans = trans;
    this.addClass('wasmcell-Reader-place');
    this.node.tabIndex = -1;
    void context.ready.then(() => {
      void this.#open();
      // Another program has written the file.
      context.fileChanged.connect(this.#open, this);
    });
  }

  override dispose(): void {
    this.#end();
    super.dispose();
  }

  protected override onActivateRequest(): void {
    this.node.focus({ preventScroll: true });
    this.#reader?.focus();
  }

  #end(): void {
    this.#reader?.dispose();
    this.#reader = undefined;
    const file = this.#file;
    this.#file = undefined;
    if (file) {
      void this.#wasmcell.bridge().then(bridge => bridge.forget(file));
    }
  }

  async #open(): Promise<void> {
    try {
      const bridge = await this.#wasmcell.bridge();
      const file = await bridge.put(new Blob([bytesOf(this.#context.model.toString())]), this.#name);
      if (this.isDisposed) {
        return void bridge.forget(file);
      }
      const page = this.#reader?.page;
      this.#end();
      this.#file = file;
      this.#reader = new Reader({
        book: new DocumentBook(() => bridge.session('pdf'), file),
        name: this.#name,
        ...(page && { page }),
        follow: uri => void window.open(uri, '_blank', 'noopener,noreferrer'),
        trans: this.#trans
      });
      this.node.replaceChildren(this.#reader.element);
    } catch (error) {
      this.node.textContent = (error as Error).message;
    }
  }
}
