import { make } from '../ui/dom';

/** A column: its heading, and the class of its cells. */
export type Column = readonly [heading: string, name: string];

/**
 * A table with a caption, which only screen readers see, in a box that scrolls. Where it is narrow, the style
 * lays its rows out otherwise, which takes their meaning from them; so the roles are told.
 */
export class Table {
  readonly element: HTMLElement;
  readonly body = make('tbody', { role: 'rowgroup' });

  constructor(caption: string, columns: readonly Column[]) {
    const heads = columns.map(([text, name]) => make('th', { scope: 'col', role: 'columnheader', class: name }, text));
    const head = make('thead', { role: 'rowgroup' }, row(...heads));
    const table = make('table', { role: 'table' }, make('caption', {}, caption), head, this.body);
    // Those who scroll by keyboard must be able to get there.
    this.element = make('div', { class: 'wasmcell-Table', tabindex: 0, role: 'group', 'aria-label': caption }, table);
  }
}

/** A row. */
export function row(...cells: HTMLTableCellElement[]): HTMLTableRowElement {
  return make('tr', { role: 'row' }, ...cells);
}

/** A cell. */
export function cell(name: string, ...children: (Node | string)[]): HTMLTableCellElement {
  return make('td', { class: name, role: 'cell' }, ...children);
}

/** Puts a text, if it is another one: what has not changed is not drawn, and not read aloud, again. */
export function say(element: HTMLElement, text: string): void {
  if (element.textContent !== text) {
    element.textContent = text;
  }
}
