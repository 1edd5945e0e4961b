// The reader: pages, small pages, outline, a text to look for.

import type { pdf } from '../bridge';
import { make } from '../ui/dom';
import { plain, type Translate } from '../ui/translate';
import type { ViewText } from '../ui/view-texts';
import { icon } from '../workbench/icons';
import { LockedError, type Book } from './book';
import { button } from './button';
import { Find } from './find';
import { Outline } from './outline';
import { Pages, ZOOM_STEP, type Zoom } from './pages';
import { Password } from './password';
import { Side } from './side';
import { Thumbnails } from './thumbnails';

/** What a reader is for. */
export interface ReaderOptions {
  readonly book: Book;
  /** What the document is called. */
  readonly name: string;
  /** The page to begin with. */
  readonly page?: number;
  /** Follows an address that a link leads to; those lead nowhere unless told. */
  readonly follow?: (uri: string) => void;
  readonly trans?: Translate<ViewText>;
}

/** Addresses that may be followed. */
const FOLLOWED = /^(https?|mailto):/i;
const LEVELS = [0.5, 0.75, 1, 1.25, 1.5, 2, 3, 4];
/** Narrower ones begin without their side, in px. */
const WIDE = 640;

/** What is there when a document is open. */
interface Open {
  readonly infos: readonly pdf.PageInfo[];
  readonly pages: Pages;
  readonly small: Thumbnails;
  readonly find: Find;
}

/** A person's place to read one document. Plain DOM; its looks are in `style/reader.css`. */
export class Reader {
  readonly element: HTMLElement;
  readonly #options: ReaderOptions;
  readonly #trans: Translate<ViewText>;
  readonly #side: Side;
  readonly #bar: HTMLElement;
  readonly #toggle: HTMLButtonElement;
  readonly #number: HTMLInputElement;
  readonly #count = make('span', { class: 'wasmcell-Reader-count' });
  readonly #level: HTMLSelectElement;
  readonly #stage = make('div', { class: 'wasmcell-Reader-stage' });
  readonly #message = make('span', { class: 'wasmcell-Reader-message', role: 'status' });
  readonly #notes = new Map<number, string>();
  #isCut = false;
  #open: Open | undefined;
  #disposed = false;

  constructor(options: ReaderOptions) {
    const { trans = plain } = options;
    this.#options = options;
    this.#trans = trans;
    this.#side = new Side(trans);
    this.#toggle = button(trans('Pages and outline'), icon('panel'), () => this.#showSide(this.#side.element.hidden));
    this.#number = make('input', { type: 'text', class: 'wasmcell-Reader-number', 'aria-label': trans('Page'), autocomplete: 'off' });
    this.#number.addEventListener('change', () => this.#goTo(this.#number.value));
    this.#number.addEventListener('focus', () => this.#number.select());
    this.#level = make(
      'select',
      { class: 'wasmcell-Reader-level', 'aria-label': trans('Zoom') },
      make('option', { value: 'width' }, trans('Fit width')),
      make('option', { value: 'page' }, trans('Fit page')),
      ...LEVELS.map(level => make('option', { value: String(level) }, percent(level))),
      make('option', { value: '', hidden: '' })
    );
    this.#level.addEventListener('change', () => {
      const { value } = this.#level;
      this.#open?.pages.zoom(value === 'width' || value === 'page' ? value : Number(value));
    });
    const group = (...parts: HTMLElement[]): HTMLElement => make('div', { class: 'wasmcell-Reader-group' }, ...parts);
    this.#bar = make(
      'div',
      { class: 'wasmcell-Reader-bar', role: 'toolbar', 'aria-label': trans('Reader'), inert: '' },
      group(this.#toggle),
      group(
        button(trans('Previous page'), icon('up'), () => this.#turn(-1)),
        button(trans('Next page'), icon('down'), () => this.#turn(1)),
        this.#number,
        this.#count
      ),
      group(
        button(trans('Zoom out (-)'), icon('less'), () => this.#by(1 / ZOOM_STEP)),
        this.#level,
        button(trans('Zoom in (+)'), icon('add'), () => this.#by(ZOOM_STEP))
      ),
      group(button(trans('Find (Ctrl F)'), icon('find'), () => this.#open?.find.open()))
    );
    this.element = make(
      'div',
      { class: 'wasmcell-Reader' },
      this.#bar,
      this.#side.element,
      this.#stage,
      make('div', { class: 'wasmcell-Reader-status' }, make('span', { class: 'wasmcell-Reader-name' }, options.name), this.#message)
    );
    this.element.addEventListener('keydown', event => this.#key(event));
    this.#say(trans('Opening %1…', options.name));
    void this.#start();
  }

  /** The page that is read. */
  get page(): number {
    return this.#open?.pages.page ?? this.#options.page ?? 1;
  }

  /** Takes the keyboard. */
  focus(): void {
    (this.#open?.pages.element ?? this.#stage.querySelector('input'))?.focus({ preventScroll: true });
  }

  dispose(): void {
    this.#disposed = true;
    this.#open?.pages.dispose();
    this.#open?.small.dispose();
    this.#open?.find.dispose();
    this.#options.book.close();
  }

  async #start(password?: string): Promise<void> {
    const { book } = this.#options;
    try {
      const { pages, cut } = await book.open(password);
      if (!this.#disposed) {
        this.#isCut = cut;
        this.#show(pages);
      }
    } catch (error) {
      if (this.#disposed) {
        return;
      }
      if (error instanceof LockedError) {
        const ask = new Password(this.#options.name, password !== undefined, given => void this.#start(given), this.#trans);
        this.#stage.replaceChildren(ask.element);
        if (password !== undefined) {
          ask.focus();
        }
      } else {
        const heading = this.#trans('%1 cannot be read', this.#options.name);
        this.#stage.replaceChildren(
          make('div', { class: 'wasmcell-Reader-error', role: 'alert' }, make('strong', {}, heading), make('p', {}, (error as Error).message))
        );
      }
    }
  }

  #show(infos: readonly pdf.PageInfo[]): void {
    const trans = this.#trans;
    const { book, page = 1 } = this.#options;
    if (infos.length === 0) {
      return this.#say(trans('The document has no pages.'));
    }
    const follow = this.#options.follow && ((uri: string) => void (FOLLOWED.test(uri) && this.#options.follow!(uri)));
    const go = (to: number): void => pages.go(to);
    const small = new Thumbnails(book, infos, go, trans);
    const pages = new Pages(
      infos,
      {
        book,
        follow,
        note: (page, notes) => {
          this.#notes.set(page, notes.join('; '));
          this.#note();
        },
        small: page => small.drawn(page)
      },
      { onpage: page => this.#turned(page), onzoom: (zoom, level) => this.#zoomed(zoom, level) },
      trans
    );
    const find = new Find({
      book,
      count: infos.length,
      page: () => pages.page,
      mark: (found, hit) => pages.mark(found, hit),
      closed: () => pages.element.focus({ preventScroll: true }),
      trans
    });
    this.#open = { infos, pages, small, find };
    this.#side.pages(small.element);
    this.#showSide(this.element.clientWidth >= WIDE);
    const { activeElement } = this.element.getRootNode() as Document;
    const had = activeElement && this.#stage.contains(activeElement);
    this.#stage.replaceChildren(pages.element, find.element);
    this.#bar.inert = false;
    pages.start(page);
    this.#turned(pages.page);
    if (had) {
      this.focus();
    }
    book.outline({ rank: () => 2 }).then(
      bookmarks => this.#side.outline(bookmarks.length ? new Outline(bookmarks, go, follow, trans).element : undefined),
      () => this.#side.outline(undefined)
    );
  }

  #showSide(shown: boolean): void {
    this.#side.element.hidden = !shown;
    this.#toggle.setAttribute('aria-expanded', String(shown));
  }

  #say(text: string): void {
    this.#stage.replaceChildren(make('p', { class: 'wasmcell-Reader-waits', role: 'status' }, text));
  }

  #turn(by: number): void {
    this.#open?.pages.go(this.page + by);
  }

  /** Goes to the page that a person names, by its label or its number. */
  #goTo(text: string): void {
    const { infos, pages } = this.#open!;
    const wanted = text.trim();
    const labelled = infos.findIndex(({ label }) => label === wanted) + 1;
    const number = labelled || Number(wanted);
    if (Number.isInteger(number) && number >= 1 && number <= infos.length) {
      pages.go(number);
    }
    this.#turned(pages.page);
  }

  #turned(page: number): void {
    const { infos, small } = this.#open!;
    const { label } = infos[page - 1]!;
    this.#number.value = label;
    this.#number.size = Math.max(3, label.length);
    this.#count.textContent =
      label === String(page) ? this.#trans('of %1', infos.length) : this.#trans('(%1 of %2)', page, infos.length);
    small.show(page);
    this.#note();
  }

  #note(): void {
    const trans = this.#trans;
    const notes = this.#notes.get(this.page);
    this.#message.textContent = [
      ...(this.#isCut ? [trans('The file ends early, as if it were cut off: pages may be missing.')] : []),
      ...(notes ? [trans('Page %1: %2', this.page, notes)] : [])
    ].join(' ');
    this.#message.title = this.#message.textContent;
  }

  #by(factor: number): void {
    const pages = this.#open?.pages;
    pages?.zoom(pages.level * factor);
  }

  #zoomed(zoom: Zoom, level: number): void {
    const other = this.#level.options[this.#level.options.length - 1]!;
    const known = typeof zoom === 'string' || LEVELS.includes(zoom);
    other.textContent = percent(level);
    this.#level.value = known ? String(zoom) : '';
    this.#level.title = percent(level);
  }

  #key(event: KeyboardEvent): void {
    const { key, ctrlKey, metaKey, altKey, shiftKey, target } = event;
    const open = this.#open;
    const control = ctrlKey || metaKey;
    const types = target instanceof HTMLInputElement || target instanceof HTMLSelectElement;
    const keys: Readonly<Record<string, () => void>> = {
      '+': () => this.#by(ZOOM_STEP),
      '=': () => this.#by(ZOOM_STEP),
      '-': () => this.#by(1 / ZOOM_STEP),
      '0': () => open?.pages.zoom('width'),
      ArrowLeft: () => this.#turn(-1),
      ArrowRight: () => this.#turn(1)
    };
    const act =
      control && !altKey && key.toLowerCase() === 'f'
        ? () => open?.find.open()
        : key === 'F3'
          ? () => open?.find.step(shiftKey ? -1 : 1)
          : control || altKey || types || (key.startsWith('Arrow') && open?.pages.isWide)
            ? undefined
            : keys[key];
    if (act && open) {
      event.preventDefault();
      event.stopPropagation();
      act();
    }
  }
}

function percent(level: number): string {
  return `${Math.round(level * 100)} %`;
}
