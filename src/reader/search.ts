import type { pdf } from '../bridge';
import { WasmcellError } from '../bridge/errors';
import type { Book, Query } from './book';

/** After what is to be seen, and before small pictures. */
const RANK = 500;

/** Looks for a text page by page, from the one that is read, once around. */
export class Search {
  readonly #book: Book;
  readonly #count: number;
  readonly #changed: () => void;
  readonly #pages = new Map<number, readonly pdf.Hit[]>();
  #hits: readonly pdf.Hit[] = [];
  #current: pdf.Hit | undefined;
  #running: AbortController | undefined;
  /** How many pages could not be read. */
  unread = 0;
  /** Why nothing can be found: the query is none. */
  error = '';

  /** @param changed Called when there is more to tell. */
  constructor(book: Book, count: number, changed: () => void) {
    this.#book = book;
    this.#count = count;
    this.#changed = changed;
  }

  /** What was found so far, in the order of the pages. */
  get hits(): readonly pdf.Hit[] {
    return this.#hits;
  }

  /** What was found on a page. */
  readonly on = (page: number): readonly pdf.Hit[] => this.#pages.get(page) ?? [];

  /** The hit that is looked at. */
  get current(): pdf.Hit | undefined {
    return this.#current;
  }

  /** Its number among all, from 1; 0 if there is none. */
  get place(): number {
    return this.#current ? this.#hits.indexOf(this.#current) + 1 : 0;
  }

  /** The share of the pages that were looked through. */
  get done(): number {
    return this.#pages.size / this.#count;
  }

  get running(): boolean {
    return this.#running !== undefined;
  }

  /** Begins anew; an empty query finds nothing. */
  async start(query: Query, page: number): Promise<void> {
    this.stop();
    this.#pages.clear();
    this.#hits = [];
    this.#current = undefined;
    this.unread = 0;
    this.error = '';
    if (query.text) {
      const run = (this.#running = new AbortController());
      this.#changed();
      await this.#run(query, page, run.signal);
      if (run !== this.#running) {
        return; // another search has begun
      }
      this.#running = undefined;
    }
    this.#changed();
  }

  /** Ends it; what was found stays. */
  stop(): void {
    this.#running?.abort();
    this.#running = undefined;
  }

  /** Goes to the next hit, or by -1 to the one before, around the document's end. */
  step(by: 1 | -1): void {
    const count = this.#hits.length;
    if (count) {
      this.#current = this.#hits[(this.place - 1 + by + count) % count];
      this.#changed();
    }
  }

  async #run(query: Query, from: number, signal: AbortSignal): Promise<void> {
    for (let step = 0; step < this.#count && !signal.aborted; step++) {
      const page = ((from - 1 + step) % this.#count) + 1;
      const hits = await this.#look(page, query, signal);
      if (signal.aborted || this.error) {
        return;
      }
      this.#pages.set(page, hits);
      if (hits.length) {
        const after = this.#hits.findIndex(hit => hit.page > page);
        const at = after < 0 ? this.#hits.length : after;
        this.#hits = [...this.#hits.slice(0, at), ...hits, ...this.#hits.slice(at)];
        this.#current ??= hits[0];
      }
      this.#changed();
    }
  }

  async #look(page: number, query: Query, signal: AbortSignal): Promise<readonly pdf.Hit[]> {
    try {
      return await this.#book.search(page, query, { rank: () => RANK, signal });
    } catch (thrown) {
      const error = WasmcellError.from(thrown, 'trapped');
      if (error.code === 'invalid-argument') {
        this.error = error.message;
      } else if (error.code !== 'cancelled') {
        this.unread++;
      }
      return [];
    }
  }
}
