import { h } from '../views/dom';

/** A column: its heading, and the class of its cells. */
export type Column = readonly [heading: string, name: string];

/**
 * A table with a caption, which only screen readers see, in a box that scrolls. Where it is narrow, the style
 * lays its rows out otherwise, which takes their meaning from them; so the roles are told.
 */
export class Table {
  readonly element: HTMLElement;
  readonly body = h('tbody', { role: 'rowgroup' });

  constructor(caption: string, columns: readonly Column[]) {
    const heads = columns.map(([text, className]) => h('th', { scope: 'col', role: 'columnheader', className, textContent: text }));
    const head = h('thead', { role: 'rowgroup' }, row(...heads));
    const table = h('table', { role: 'table' }, h('caption', { textContent: caption }), head, this.body);
    // Those who scroll by keyboard must be able to get there.
    this.element = h('div', { className: 'wasmcell-Table', tabIndex: 0, role: 'group', 'aria-label': caption }, table);
  }
}

/** A row. */
export function row(...cells: HTMLTableCellElement[]): HTMLTableRowElement {
  return h('tr', { role: 'row' }, ...cells);
}

/** A cell. */
export function cell(name: string, ...children: (Node | string)[]): HTMLTableCellElement {
  return h('td', { className: name, role: 'cell' }, ...children);
}

/** Puts a text, if it is another one: what has not changed is not drawn, and not read aloud, again. */
export function say(element: HTMLElement, text: string): void {
  if (element.textContent !== text) {
    element.textContent = text;
  }
}
