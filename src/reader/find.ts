// The box to look for a text in.

import type { pdf } from '../bridge';
import { make } from '../ui/dom';
import type { Translate } from '../ui/translate';
import type { ViewText } from '../ui/view-texts';
import { icon } from '../workbench/icons';
import type { Book } from './book';
import { button } from './button';
import { Search } from './search';

/** How long nothing is typed before it is looked for, in milliseconds. */
const QUIET = 200;

/** What the box hears and does outside of itself. */
export interface FindOptions {
  readonly book: Book;
  readonly count: number;
  /** The page to begin at. */
  readonly page: () => number;
  /** Marks what was found on each page, and the hit that is looked at. */
  readonly mark: (on: (page: number) => readonly pdf.Hit[], hit: pdf.Hit | undefined) => void;
  readonly closed: () => void;
  readonly trans: Translate<ViewText>;
}

export class Find {
  readonly element: HTMLElement;
  readonly #options: FindOptions;
  readonly #search: Search;
  readonly #input: HTMLInputElement;
  readonly #case: HTMLButtonElement;
  readonly #regex: HTMLButtonElement;
  readonly #told = make('output', { class: 'wasmcell-Find-told' });
  readonly #bar = make('div', { class: 'wasmcell-Find-bar', 'aria-hidden': 'true' });
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: FindOptions) {
    const { book, count, trans } = options;
    this.#options = options;
    this.#search = new Search(book, count, () => this.#tell());
    this.#input = make('input', { type: 'text', 'aria-label': trans('Find in the document'), placeholder: trans('Find'), spellcheck: 'false' });
    const toggle = (label: string, text: string): HTMLButtonElement => {
      const made = button(label, text, () => {
        made.setAttribute('aria-pressed', String(made.getAttribute('aria-pressed') !== 'true'));
        this.#start();
      });
      made.setAttribute('aria-pressed', 'false');
      return made;
    };
    this.#case = toggle(trans('Match case'), 'Aa');
    this.#regex = toggle(trans('Use a regular expression'), '.*');
    this.element = make(
      'div',
      { class: 'wasmcell-Find', role: 'search', hidden: '' },
      this.#input,
      this.#case,
      this.#regex,
      this.#told,
      button(trans('Previous hit (Shift Enter)'), icon('up'), () => this.#search.step(-1)),
      button(trans('Next hit (Enter)'), icon('down'), () => this.#search.step(1)),
      button(trans('Close (Escape)'), icon('remove'), () => this.close()),
      this.#bar
    );
    this.#input.addEventListener('input', () => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#start(), QUIET);
    });
    this.element.addEventListener('keydown', event => this.#key(event));
  }

  get isOpen(): boolean {
    return !this.element.hidden;
  }

  open(): void {
    const text = this.#input.value;
    const wasOpen = this.isOpen;
    this.element.hidden = false;
    this.#input.focus();
    this.#input.select();
    if (text && !wasOpen) {
      this.#start();
    }
  }

  close(): void {
    this.#search.stop();
    clearTimeout(this.#timer);
    this.element.hidden = true;
    this.#options.mark(() => [], undefined);
    this.#options.closed();
  }

  /** To the next hit, or by -1 the one before. */
  step(by: 1 | -1): void {
    if (this.isOpen) {
      this.#search.step(by);
    } else {
      this.open();
    }
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#search.stop();
  }

  #start(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const pressed = (one: HTMLButtonElement): boolean => one.getAttribute('aria-pressed') === 'true';
    const query = { text: this.#input.value, ignoreCase: !pressed(this.#case), regex: pressed(this.#regex) };
    void this.#search.start(query, this.#options.page());
  }

  #tell(): void {
    const { hits, current, place, running, done, error, unread } = this.#search;
    const { trans, mark } = this.#options;
    const found = hits.length ? trans('%1 of %2', place, hits.length) : running ? '' : this.#input.value ? trans('Nothing found') : '';
    this.#told.textContent = error || (running ? `${found}…` : found);
    this.#told.title = error || (unread ? trans('Pages that could not be read: %1', unread) : '');
    this.#told.classList.toggle('wasmcell-mod-bad', Boolean(error) || (!running && !hits.length));
    this.#input.setAttribute('aria-invalid', String(Boolean(error)));
    this.#bar.style.width = running ? `${100 * done}%` : '0';
    mark(this.#search.on, current);
  }

  #key(event: KeyboardEvent): void {
    const { key, shiftKey, target } = event;
    if (key === 'Escape') {
      this.close();
    } else if (key === 'Enter' && target === this.#input) {
      if (this.#timer === undefined) {
        this.#search.step(shiftKey ? -1 : 1);
      } else {
        this.#start();
      }
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }
}
