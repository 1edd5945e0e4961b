import type { Trace, Traces } from '../bridge';
import type { Translate } from '../forms';
import { make } from '../ui/dom';
import { duration, size } from '../ui/text';
import { clock } from './ledger';
import { cell, row, say, Table } from './table';

/** The calls: those that run, to be cancelled, and what became of the last ones. */
export class JobsTable {
  readonly element: HTMLElement;
  readonly #traces: Traces;
  readonly #trans: Translate;
  readonly #table: Table;
  readonly #none: HTMLElement;
  /** One word for all that changes, for those who do not see it. */
  readonly #news = make('p', { class: 'wasmcell-unseen', role: 'status' });
  readonly #rows = new Map<number, Row>();

  constructor(traces: Traces, trans: Translate) {
    this.#traces = traces;
    this.#trans = trans;
    this.#table = new Table(trans('Jobs'), [
      [trans('Job'), 'what'],
      [trans('Time'), 'state'],
      [trans('Where'), 'party'],
      [trans('In'), 'bytes'],
      [trans('Out'), 'bytes']
    ]);
    this.#none = make('p', {}, trans('Nothing has run yet.'));
    this.element = make('div', { class: 'wasmcell-jobs' }, this.#news, this.#none, this.#table.element);
    this.update();
  }

  /** Draws what has changed. */
  update(): void {
    const all = inOrder(this.#traces.all);
    this.#none.hidden = all.length > 0;
    this.#table.element.hidden = all.length === 0;
    const ids = new Set(all.map(({ id }) => id));
    for (const [id, shown] of this.#rows) {
      if (!ids.has(id)) {
        shown.element.remove();
        this.#rows.delete(id);
      }
    }
    const { body } = this.#table;
    all.forEach((trace, place) => {
      let shown = this.#rows.get(trace.id);
      if (!shown) {
        shown = new Row(trace, () => this.#traces.cancel(trace.id), this.#trans);
        this.#rows.set(trace.id, shown);
      }
      shown.update(trace);
      // A row that is moved loses the focus.
      if (body.rows[place] !== shown.element) {
        body.insertBefore(shown.element, body.rows[place] ?? null);
      }
    });
  }

  /** Says how it stands, to those who do not see it. */
  announce(): void {
    const trans = this.#trans;
    const { running } = this.#traces;
    const last = this.#traces.all.at(-1);
    if (last) {
      say(this.#news, running ? trans('%1 running', running) : trans('No job is running. Last: %1, %2', title(last), word(last, trans)));
    }
  }
}

/** A call's row. */
class Row {
  readonly element = row();
  readonly #state = make('div');
  readonly #out = cell('bytes');
  readonly #trans: Translate;
  readonly #second: HTMLElement;
  readonly #detail: HTMLElement;
  #shown: Trace['state'] = 'running';

  constructor(trace: Trace, cancel: () => void, trans: Translate) {
    this.#trans = trans;
    const { cases, home, bytesIn, start } = trace;
    this.#detail = make('div', { class: 'detail' }, cases.join(', '));
    const button = make('button', { type: 'button', class: 'wasmcell-Panel-button', 'aria-label': trans('Cancel %1', title(trace)) }, trans('Cancel'));
    button.onclick = () => {
      button.disabled = true;
      cancel();
    };
    this.#second = make('div', { class: 'detail' }, button);
    this.element.title = trans('Asked for at %1', clock(start));
    this.element.append(
      cell('what', make('div', {}, title(trace)), this.#detail),
      cell('state', this.#state, this.#second),
      cell('party', home),
      cell('bytes', size(bytesIn)),
      this.#out
    );
    this.element.dataset.state = trace.state;
  }

  update(trace: Trace): void {
    const { state, start, elapsed, bytesOut, error } = trace;
    if (state === 'running') {
      return say(this.#state, seconds((Date.now() - start) / 1000));
    }
    if (this.#shown === state) {
      return;
    }
    this.#shown = state;
    this.element.dataset.state = state;
    this.#state.textContent = duration(elapsed!);
    this.#second.textContent = word(trace, this.#trans);
    this.#out.textContent = state === 'done' ? size(bytesOut) : '';
    if (error) {
      this.#detail.textContent = error;
    }
  }
}

function title({ module, function: name }: Trace): string {
  return `${module} ${name.replace(/^\[.*\]/, '')}`; // of methods the name alone, without the mark of their kind
}

function word({ state }: Trace, trans: Translate): string {
  return { running: trans('running'), done: trans('done'), failed: trans('failed'), cancelled: trans('cancelled') }[state];
}

/** Those that run come first; otherwise the latest. */
export function inOrder(traces: readonly Trace[]): Trace[] {
  const rank = ({ state }: Trace): number => (state === 'running' ? 0 : 1);
  return [...traces].sort((a, b) => rank(a) - rank(b) || b.id - a.id);
}

/** Whole seconds that have passed: `12 s`, `2:05 min`. */
export function seconds(passed: number): string {
  const whole = Math.max(0, Math.floor(passed));
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')} min`;
}
