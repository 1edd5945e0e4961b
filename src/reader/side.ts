import { freshId, make } from '../ui/dom';
import type { Translate } from '../ui/translate';
import type { ViewText } from '../ui/view-texts';

interface Tab {
  readonly tab: HTMLButtonElement;
  readonly panel: HTMLElement;
}

/** What stands beside the pages: small ones, or the outline. */
export class Side {
  readonly element: HTMLElement;
  readonly #pages: Tab;
  readonly #outline: Tab;
  readonly #trans: Translate<ViewText>;

  constructor(trans: Translate<ViewText>) {
    this.#trans = trans;
    this.#pages = this.#tab(trans('Pages'));
    this.#outline = this.#tab(trans('Outline'));
    const tabs = make('div', { role: 'tablist', 'aria-label': trans('Beside the pages') }, this.#pages.tab, this.#outline.tab);
    tabs.addEventListener('keydown', event => {
      if (event.key === 'ArrowLeft' || event.key === 'ArrowRight') {
        event.preventDefault();
        event.stopPropagation();
        const other = event.target === this.#pages.tab ? this.#outline : this.#pages;
        this.#choose(other);
        other.tab.focus();
      }
    });
    this.element = make('div', { class: 'wasmcell-Reader-side', hidden: '' }, tabs, this.#pages.panel, this.#outline.panel);
    this.#choose(this.#pages);
  }

  pages(element: HTMLElement): void {
    this.#pages.panel.replaceChildren(element);
  }

  /** @param element Undefined if there is none. */
  outline(element: HTMLElement | undefined): void {
    this.#outline.panel.replaceChildren(element ?? make('p', {}, this.#trans('The document has no outline.')));
  }

  #tab(name: string): Tab {
    const id = freshId();
    const tab = make('button', { type: 'button', role: 'tab', id: `${id}-tab`, 'aria-controls': id }, name);
    const panel = make('div', { role: 'tabpanel', id, 'aria-labelledby': `${id}-tab` });
    const made = { tab, panel };
    tab.addEventListener('click', () => this.#choose(made));
    return made;
  }

  #choose(chosen: Tab): void {
    for (const one of [this.#pages, this.#outline]) {
      one.tab.setAttribute('aria-selected', String(one === chosen));
      one.tab.tabIndex = one === chosen ? 0 : -1;
      one.panel.hidden = one !== chosen;
    }
  }
}
