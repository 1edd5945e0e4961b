import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { IStatusBar } from '@jupyterlab/statusbar';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';

import type { Bridge } from '../bridge';
import type { Translate } from '../forms';
import { make } from '../ui/dom';
import { size } from '../ui/text';
import { wasmcellIcon } from './icon';
import { SHOW_PANEL } from './panel';
import { IWasmcell } from './token';

/** How many jobs run, in the status bar; from when the first one does. */
export const statusPlugin: JupyterFrontEndPlugin<void> = {
  id: 'wasmcell:status',
  description: 'Shows running jobs in the status bar.',
  autoStart: true,
  requires: [IWasmcell],
  optional: [IStatusBar, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    wasmcell: IWasmcell,
    statusBar: IStatusBar | null,
    translator: ITranslator | null
  ): void => {
    if (!statusBar) {
      return;
    }
    const bundle = (translator ?? nullTranslator).load('wasmcell');
    const trans: Translate = (text, ...args) => bundle.__(text, ...args);
    const open = (): unknown => app.commands.execute(SHOW_PANEL);
    void wasmcell.started.then(bridge => {
      statusBar.registerStatusItem('wasmcell:status', { item: new Status(bridge, open, trans), align: 'right', rank: 900 });
    });
  }
};

class Status extends Widget {
  readonly #bridge: Bridge;
  readonly #trans: Translate;
  readonly #button = make('button', { type: 'button' });
  readonly #count = make('span');

  constructor(bridge: Bridge, open: () => unknown, trans: Translate) {
    super();
    this.#bridge = bridge;
    this.#trans = trans;
    this.addClass('wasmcell-Status');
    this.addClass('jp-mod-highlighted');
    wasmcellIcon.element({ container: this.#button.appendChild(make('span')), height: '16px', width: '16px' });
    this.#button.append(this.#count);
    this.#button.onclick = () => void open();
    // The tooltip is made when it is wanted.
    this.#button.onpointerenter = this.#button.onfocus = () => this.#tell();
    this.node.append(this.#button);
    let frame = 0;
    bridge.traces.observe(() => {
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(() => this.#update());
    });
    this.#update();
    this.#tell();
  }

  #update(): void {
    const { running } = this.#bridge.traces;
    this.#count.textContent = running ? String(running) : '';
    const label = running ? this.#trans('wasmcell: %1 running', running) : this.#trans('wasmcell: no job is running');
    this.#button.setAttribute('aria-label', label);
  }

  #tell(): void {
    const last = this.#bridge.ledger.crossings.at(-1);
    this.#button.title = last
      ? this.#trans('Last crossing: %1 → %2, %3, %4', last.from, last.to, last.what, size(last.bytes))
      : this.#trans('Nothing has crossed yet.');
  }
}
