import type { Bridge, Description } from '../bridge';
import type { Translate } from '../forms';
import { make } from '../ui/dom';
import { size } from '../ui/text';
import { cell, row, Table } from './table';

/** The modules: which there are, and which are loaded and compiled. */
export class ModulesTable {
  readonly element: HTMLElement;
  readonly #trans: Translate;
  readonly #table: Table;
  #shown = '';

  /** @param modules What is known before there is a bridge. */
  constructor(modules: readonly Description[], trans: Translate) {
    this.#trans = trans;
    this.#table = new Table(trans('Modules'), [
      [trans('Module'), 'what'],
      [trans('Version'), 'party'],
      [trans('SHA-256'), 'hash'],
      [trans('State'), 'state'],
      [trans('Size'), 'bytes']
    ]);
    this.element = make('div', { class: 'wasmcell-modules' }, this.#table.element);
    this.#draw(modules, new Map());
  }

  /** @param compiled The sha256 of those that are compiled. */
  update(bridge: Bridge, compiled: readonly string[]): void {
    const states = new Map(bridge.loaded().map(({ sha256 }) => [sha256, this.#trans('loaded')]));
    compiled.forEach(sha256 => states.set(sha256, this.#trans('compiled')));
    this.#draw(bridge.modules.known, states);
  }

  #draw(modules: readonly Description[], states: ReadonlyMap<string, string>): void {
    const rows = modules.map(({ module, version, sha256, core }) => {
      const bytes = core.modules.reduce((sum, { size }) => sum + size, 0);
      return [module, version, sha256, states.get(sha256) ?? this.#trans('not loaded'), size(bytes)] as const;
    });
    const shown = JSON.stringify(rows);
    if (shown === this.#shown) {
      return;
    }
    this.#shown = shown;
    this.#table.body.replaceChildren(
      ...rows.map(([module, version, sha256, state, bytes]) => {
        const short = make('code', { title: sha256 }, sha256.slice(0, 8));
        return row(cell('what', module), cell('party', version), cell('hash', short), cell('state', state), cell('bytes', bytes));
      })
    );
  }
}
