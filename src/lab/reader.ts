import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import type { DocumentRegistry } from '@jupyterlab/docregistry';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { pdfIcon } from '@jupyterlab/ui-components';

import type { Bridge, FileRef } from '../bridge';
import type { Translate } from '../forms';
import { DocumentBook, Reader } from '../reader';
import { factory } from './factory';
import { Shown } from './shown';
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
class PdfReader extends Shown<Reader> {
  constructor(
    context: DocumentRegistry.Context,
    protected readonly name: string,
    wasmcell: IWasmcell,
    private readonly trans: Translate
  ) {
    super(context, wasmcell);
    this.addClass('wasmcell-Reader-place');
  }

  protected showing(bridge: Bridge, file: FileRef, before: Reader | undefined): Reader {
    return new Reader({
      book: new DocumentBook(() => bridge.session('pdf'), file),
      name: this.name,
      ...(before && { page: before.page }),
      follow: uri => void window.open(uri, '_blank', 'noopener,noreferrer'),
      trans: this.trans
    });
  }

  protected override onActivateRequest(): void {
    this.node.focus({ preventScroll: true });
    this.shown?.focus();
  }
}
