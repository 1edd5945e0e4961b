import type { Bridge, HomeStatus } from '../bridge';
import type { Translate } from '../forms';
import { make } from '../ui/dom';
import { size } from '../ui/text';
import { say } from './table';

/** Where the work is done, by how many, and what may be used. */
export class WorkersList {
  readonly element: HTMLElement;
  readonly #trans: Translate;
  readonly #values: readonly HTMLElement[];

  constructor(trans: Translate) {
    this.#trans = trans;
    const terms = [trans('Home'), trans('Workers'), trans('Sessions'), trans('Private files'), trans('Limits of a call')];
    this.#values = terms.map(() => make('dd', {}, '–'));
    this.element = make('dl', { class: 'wasmcell-workers' });
    terms.forEach((term, place) => this.element.append(make('div', {}, make('dt', {}, term), this.#values[place]!)));
    this.#values[0]!.textContent = trans('Nothing has started; it does with the first file.');
  }

  update({ home, refused, limits }: Bridge, { workers, files }: HomeStatus): void {
    const trans = this.#trans;
    const seconds = Number.isFinite(limits.seconds) ? trans('%1 s', limits.seconds) : trans('no time limit');
    const values = [
      home === 'vault'
        ? trans('The vault: neither the network nor this page can reach the files.')
        : trans('Plain workers of this page. %1', refused ?? ''),
      trans('%1 at work, %2 idle, of at most %3', workers.busy, workers.idle, workers.size),
      String(workers.leased),
      files.count ? trans('%1, %2', files.count, size(files.bytes)) : trans('none'),
      trans('%1 MiB of memory, %2', Math.floor(limits.memory / 2 ** 20), seconds)
    ];
    values.forEach((value, place) => say(this.#values[place]!, value));
  }
}
