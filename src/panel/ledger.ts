import type { Bridge, Crossing } from '../bridge';
import type { Translate } from '../forms';
import { make } from '../ui/dom';
import { size } from '../ui/text';
import { cell, row, say, Table } from './table';

/** So many rows are drawn; the ledger itself forgets nothing. */
const ROWS = 500;

/** The crossings between vault, page and kernel, with a line that sums them up. */
export class LedgerTable {
  readonly element: HTMLElement;
  readonly #bridge: Bridge;
  readonly #trans: Translate;
  readonly #table: Table;
  readonly #sum = make('p', { role: 'status' });
  /** How many crossings are drawn. */
  #drawn = 0;
  #last: { crossing: Crossing; bytes: number; cell: HTMLTableCellElement } | undefined;
  #out = 0;
  #back = 0;

  constructor(bridge: Bridge, trans: Translate) {
    this.#bridge = bridge;
    this.#trans = trans;
    this.#table = new Table(trans('Crossings'), [
      [trans('Time'), 'time'],
      [trans('From'), 'party'],
      [trans('To'), 'party'],
      [trans('What'), 'what'],
      [trans('Bytes'), 'bytes']
    ]);
    this.element = make('div', { class: 'wasmcell-ledger' }, this.#sum, this.#table.element);
  }

  /** Draws what has come since the last time; first when it is in the page. */
  update(): void {
    const { ledger, home } = this.#bridge;
    const trans = this.#trans;
    const { element, body } = this.#table;
    const following = element.scrollTop + element.clientHeight >= element.scrollHeight - 4;
    const before = this.#drawn;
    for (; this.#drawn < ledger.crossings.length; this.#drawn++) {
      this.#add(ledger.crossings[this.#drawn]!);
    }
    while (body.rows.length > ROWS) {
      body.rows[0]!.remove();
    }
    if (this.#drawn === 0) {
      return say(this.#sum, trans('Nothing has crossed yet.'));
    }
    const kept = home === 'vault' ? trans('Private files are in the vault.') : trans('This page forbids the vault: plain workers are used.');
    say(this.#sum, `${kept} ${trans('To the kernel: %1. From the kernel: %2.', size(this.#out), size(this.#back))}`);
    if (following && this.#drawn > before) {
      element.scrollTop = element.scrollHeight;
    }
  }

  #add(crossing: Crossing): void {
    const { time, from, to, what, bytes } = crossing;
    this.#out += from === 'page' && to === 'kernel' ? bytes : 0;
    this.#back += from === 'kernel' && to === 'page' ? bytes : 0;
    const last = this.#last;
    if (last && (['from', 'to', 'what'] as const).every(key => last.crossing[key] === crossing[key])) {
      // Pieces of one file.
      last.bytes += bytes;
      last.cell.textContent = size(last.bytes);
      return;
    }
    this.#last = { crossing, bytes, cell: cell('bytes', size(bytes)) };
    const made = row(cell('time', clock(time)), cell('party', from), cell('party', to), cell('what', what), this.#last.cell);
    made.className = to === 'kernel' ? 'out' : '';
    this.#table.body.append(made);
  }
}

/** A time of the day. */
export function clock(time: number): string {
  return new Date(time).toLocaleTimeString();
}
