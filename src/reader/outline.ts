// The table of contents, as a tree.

import type { pdf } from '../bridge';
import { make } from '../ui/dom';
import type { Translate } from '../ui/translate';
import type { ViewText } from '../ui/view-texts';
import { icon } from '../workbench/icons';

/** An entry with those below it. */
export interface Entry {
  readonly bookmark: pdf.Bookmark;
  readonly entries: Entry[];
}

/** Entries by their depths, which may skip some. */
export function nested(bookmarks: readonly pdf.Bookmark[]): Entry[] {
  const top: Entry[] = [];
  const path: Entry[] = [];
  for (const bookmark of bookmarks) {
    const entry: Entry = { bookmark, entries: [] };
    while (path.length && path.at(-1)!.bookmark.level >= bookmark.level) {
      path.pop();
    }
    (path.at(-1)?.entries ?? top).push(entry);
    path.push(entry);
  }
  return top;
}

export class Outline {
  readonly element: HTMLElement;
  readonly #go: (page: number) => void;
  readonly #follow: ((uri: string) => void) | undefined;
  /** What is below an item is made when it is first opened. */
  readonly #closed = new WeakMap<HTMLElement, () => HTMLElement>();

  constructor(
    bookmarks: readonly pdf.Bookmark[],
    go: (page: number) => void,
    follow: ((uri: string) => void) | undefined,
    trans: Translate<ViewText>
  ) {
    this.#go = go;
    this.#follow = follow;
    this.element = make('div', { class: 'wasmcell-Outline', role: 'tree', 'aria-label': trans('Outline') });
    const entries = nested(bookmarks);
    this.element.append(...entries.map((entry, place) => this.#item(entry, 1, place + 1, entries.length)));
    this.#focusable(this.element.querySelector('[role=treeitem]'));
    if (entries.length === 1) {
      this.#toggle(this.element.firstElementChild as HTMLElement, true);
    }
    this.element.addEventListener('keydown', event => this.#key(event));
    this.element.addEventListener('click', event => this.#click(event));
  }

  #item({ bookmark, entries }: Entry, level: number, place: number, count: number): HTMLElement {
    const { title, page, uri } = bookmark;
    const twisty = make('span', { class: 'wasmcell-Outline-twisty' });
    const row = make(
      'div',
      { class: 'wasmcell-Outline-row' },
      twisty,
      make('span', { class: 'wasmcell-Outline-title' }, title || '–'),
      make('span', { class: 'wasmcell-Outline-page', 'aria-hidden': 'true' }, page === undefined ? '' : String(page))
    );
    row.style.paddingLeft = `${(level - 1) * 12}px`;
    row.title = uri ?? title;
    const item = make(
      'div',
      {
        role: 'treeitem',
        tabindex: '-1',
        'aria-level': String(level),
        'aria-posinset': String(place),
        'aria-setsize': String(count),
        'aria-expanded': entries.length ? 'false' : undefined,
        'aria-label': title || '–',
        'data-page': page === undefined ? undefined : String(page),
        'data-uri': uri
      },
      row
    );
    if (entries.length) {
      twisty.append(icon('open'));
      this.#closed.set(item, () =>
        make('div', { role: 'group' }, ...entries.map((entry, at) => this.#item(entry, level + 1, at + 1, entries.length)))
      );
    }
    return item;
  }

  #toggle(item: HTMLElement, open = item.getAttribute('aria-expanded') === 'false'): void {
    if (item.hasAttribute('aria-expanded')) {
      const below = this.#closed.get(item);
      if (open && below) {
        item.append(below());
        this.#closed.delete(item);
      }
      item.setAttribute('aria-expanded', String(open));
    }
  }

  #act({ dataset: { page, uri } }: HTMLElement): void {
    if (page !== undefined) {
      this.#go(Number(page));
    } else if (uri !== undefined) {
      this.#follow?.(uri);
    }
  }

  #click({ target }: MouseEvent): void {
    const item = (target as Element).closest<HTMLElement>('[role=treeitem]');
    if (item) {
      this.#focusable(item);
      item.focus();
      if ((target as Element).closest('.wasmcell-Outline-twisty')?.firstChild) {
        this.#toggle(item);
      } else {
        this.#act(item);
      }
    }
  }

  /** The items that are to be seen, from top to bottom. */
  #seen(): HTMLElement[] {
    const items = [...this.element.querySelectorAll<HTMLElement>('[role=treeitem]')];
    return items.filter(item => !item.parentElement!.closest('[aria-expanded=false]'));
  }

  /** One item of the tree can be reached by the tabulator. */
  #focusable(item: HTMLElement | null): void {
    this.element.querySelector('[tabindex="0"]')?.setAttribute('tabindex', '-1');
    item?.setAttribute('tabindex', '0');
  }

  #key(event: KeyboardEvent): void {
    const { key, target, ctrlKey, metaKey, altKey } = event;
    const item = target as HTMLElement;
    if (ctrlKey || metaKey || altKey || item.getAttribute('role') !== 'treeitem') {
      return;
    }
    const seen = this.#seen();
    const at = seen.indexOf(item);
    const expanded = item.getAttribute('aria-expanded');
    const parent = item.parentElement!.closest<HTMLElement>('[role=treeitem]');
    const moves: Readonly<Record<string, () => HTMLElement | null | undefined | void>> = {
      ArrowDown: () => seen[at + 1],
      ArrowUp: () => seen[at - 1],
      Home: () => seen[0],
      End: () => seen.at(-1),
      ArrowRight: () => (expanded === 'false' ? this.#toggle(item, true) : expanded ? seen[at + 1] : undefined),
      ArrowLeft: () => (expanded === 'true' ? this.#toggle(item, false) : parent),
      Enter: () => this.#act(item),
      ' ': () => this.#act(item)
    };
    const move = moves[key];
    if (move) {
      event.preventDefault();
      event.stopPropagation();
      const to = move();
      if (to) {
        this.#focusable(to);
        to.focus();
      }
    }
  }
}
