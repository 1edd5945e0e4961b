import { ILayoutRestorer, type JupyterFrontEnd, type JupyterFrontEndPlugin } from '@jupyterlab/application';
import { Clipboard, ICommandPalette } from '@jupyterlab/apputils';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { copyIcon, settingsIcon, SidePanel, Toolbar, ToolbarButton } from '@jupyterlab/ui-components';
import type { Message } from '@lumino/messaging';
import { Widget, type AccordionPanel } from '@lumino/widgets';

import type { Bridge } from '../bridge';
import type { Translate } from '../forms';
import { JobsTable } from '../panel/jobs';
import { LedgerTable } from '../panel/ledger';
import { ModulesTable } from '../panel/modules';
import { WorkersList } from '../panel/workers';
import { wasmcellIcon } from './icon';
import { IWasmcell } from './token';

const ID = 'wasmcell-panel';
export const SHOW_PANEL = 'wasmcell:show-panel';
const SHOW_LEDGER = 'wasmcell:show-ledger';
const OPEN_SETTINGS = 'settingeditor:open';
/** Milliseconds between two looks at what does not tell of itself. */
const LOOK = 1000;

/** What runs, what is loaded, and what has crossed. */
export const panelPlugin: JupyterFrontEndPlugin<void> = {
  id: 'wasmcell:panel',
  description: 'Shows jobs, modules, workers and the ledger.',
  autoStart: true,
  requires: [IWasmcell],
  optional: [ICommandPalette, ILayoutRestorer, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    wasmcell: IWasmcell,
    palette: ICommandPalette | null,
    restorer: ILayoutRestorer | null,
    translator: ITranslator | null
  ): void => {
    const bundle = (translator ?? nullTranslator).load('wasmcell');
    const trans: Translate = (text, ...args) => bundle.__(text, ...args);
    const { commands } = app;
    const settings = (): unknown => commands.execute(OPEN_SETTINGS, { query: 'wasmcell' });
    const panel = new Panel(wasmcell, trans, () => commands.hasCommand(OPEN_SETTINGS) && settings());
    app.shell.add(panel, 'right', { rank: 900, type: 'wasmcell' });
    restorer?.add(panel, ID);

    commands.addCommand(SHOW_PANEL, {
      label: trans('wasmcell: Show Panel'),
      caption: trans('Jobs, modules, workers and the ledger'),
      icon: wasmcellIcon,
      execute: () => app.shell.activateById(ID)
    });
    commands.addCommand(SHOW_LEDGER, {
      label: trans('wasmcell: Show Ledger'),
      caption: trans('What went between vault, page and kernel'),
      icon: wasmcellIcon,
      execute: () => {
        panel.openLedger();
        app.shell.activateById(ID);
      }
    });
    for (const command of [SHOW_PANEL, SHOW_LEDGER]) {
      palette?.addItem({ command, category: 'wasmcell' });
    }
  }
};

/** The panel. It starts nothing, and does nothing while nobody sees it. */
class Panel extends SidePanel {
  readonly #trans: Translate;
  readonly #modules: ModulesTable;
  readonly #workers: WorkersList;
  readonly #jobsPlace: Widget;
  readonly #ledgerPlace: Widget;
  #bridge: Bridge | undefined;
  #jobs: JobsTable | undefined;
  #ledger: LedgerTable | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;
  #goal: HTMLElement | null | undefined;
  #frame = 0;
  #looking = false;

  constructor(wasmcell: IWasmcell, trans: Translate, settings: () => unknown) {
    super();
    this.#trans = trans;
    this.id = ID;
    this.title.icon = wasmcellIcon;
    this.title.caption = trans('wasmcell: jobs, modules and ledger');
    this.addClass('wasmcell-Panel');
    this.#modules = new ModulesTable(wasmcell.modules, trans);
    this.#workers = new WorkersList(trans);
    const waiting = (text: string): HTMLElement => {
      const node = document.createElement('div');
      node.className = 'wasmcell-jobs';
      node.append(Object.assign(document.createElement('p'), { textContent: text }));
      return node;
    };
    this.#jobsPlace = this.#section(trans('Jobs'), waiting(trans('Nothing has run yet.')));
    this.#section(trans('Modules'), this.#modules.element);
    const gear = { icon: settingsIcon, tooltip: trans('Settings of wasmcell'), onClick: () => void settings() };
    // Tables scroll by keyboard; so must this list.
    this.#section(trans('Workers and Memory'), this.#workers.element, gear).node.tabIndex = 0;
    this.#ledgerPlace = this.#section(trans('Ledger'), waiting(trans('Nothing has crossed yet.')), {
      icon: copyIcon,
      tooltip: trans('Copy the ledger as JSON'),
      onClick: () => Clipboard.copyToSystem(JSON.stringify(this.#bridge?.ledger.crossings ?? [], null, 1))
    });
    (this.content as AccordionPanel).setRelativeSizes([3, 1, 2, 3]);
    void wasmcell.started.then(bridge => this.#begin(bridge));
  }

  /** Opens the ledger's section; the focus goes there when the panel is activated next. */
  openLedger(): void {
    const content = this.content as AccordionPanel;
    content.expand(content.widgets.indexOf(this.#ledgerPlace));
    this.#goal = this.#ledgerPlace.node.querySelector<HTMLElement>('[tabindex]');
  }

  protected override onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    this.#watch();
  }

  protected override onAfterShow(message: Message): void {
    super.onAfterShow(message);
    this.#watch();
  }

  protected override onBeforeHide(message: Message): void {
    this.#rest();
    super.onBeforeHide(message);
  }

  protected override onBeforeDetach(message: Message): void {
    this.#rest();
    super.onBeforeDetach(message);
  }

  protected override onActivateRequest(message: Message): void {
    super.onActivateRequest(message);
    const goal = this.#goal ?? this.content.node.querySelector<HTMLElement>('.lm-AccordionPanel-title');
    this.#goal = undefined;
    goal?.focus();
  }

  #section(title: string, element: HTMLElement, button?: ToolbarButtonProps): Widget {
    const node = document.createElement('div');
    node.append(element);
    const section: Widget & { toolbar?: Toolbar } = new Widget({ node });
    section.addClass('wasmcell-Panel-section');
    section.title.label = title;
    if (button) {
      section.toolbar = new Toolbar();
      section.toolbar.addItem('button', new ToolbarButton(button));
    }
    this.addWidget(section);
    return section;
  }

  #begin(bridge: Bridge): void {
    this.#bridge = bridge;
    this.#jobs = new JobsTable(bridge.traces, this.#trans);
    this.#ledger = new LedgerTable(bridge, this.#trans);
    this.#jobsPlace.node.replaceChildren(this.#jobs.element);
    this.#ledgerPlace.node.replaceChildren(this.#ledger.element);
    const changed = (): void => {
      if (this.#timer !== undefined) {
        cancelAnimationFrame(this.#frame);
        this.#frame = requestAnimationFrame(() => this.#draw());
      }
    };
    bridge.traces.observe(changed);
    bridge.ledger.observe(changed);
    this.#watch();
  }

  #watch(): void {
    if (this.#bridge && this.isVisible && this.#timer === undefined) {
      this.#timer = setInterval(() => void this.#look(), LOOK);
      this.#draw();
      void this.#look();
    }
  }

  #rest(): void {
    clearInterval(this.#timer);
    cancelAnimationFrame(this.#frame);
    this.#timer = undefined;
  }

  /** Draws what is known here. */
  #draw(): void {
    this.#jobs?.update();
    this.#ledger?.update();
  }

  /** Asks the home how it is. */
  async #look(): Promise<void> {
    const bridge = this.#bridge!;
    if (document.hidden || this.#looking) {
      return;
    }
    this.#looking = true;
    try {
      this.#jobs?.update();
      this.#jobs?.announce();
      const status = await bridge.status();
      this.#modules.update(bridge, status.compiled);
      this.#workers.update(bridge, status);
    } catch {
      this.#rest(); // the bridge is closed
    } finally {
      this.#looking = false;
    }
  }
}

type ToolbarButtonProps = NonNullable<ConstructorParameters<typeof ToolbarButton>[0]>;
