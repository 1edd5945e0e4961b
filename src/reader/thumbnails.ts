// Small pictures of the pages. Only those near what is seen are there.

import type { pdf } from '../bridge';
import { freshId, make } from '../ui/dom';
import type { Translate } from '../ui/translate';
import type { ViewText } from '../ui/view-texts';
import { toImageData } from '../workbench/raster';
import type { Book } from './book';
import { Column } from './column';

/** Within which a picture is, in px. */
const [WIDTH, HEIGHT] = [116, 164];
/** Below the picture, for its number. */
const LINE = 20;
const GAP = 10;
/** So many pictures are kept. */
const KEPT = 150;
/** After all else. */
const RANK = 1000;

interface Row {
  readonly element: HTMLElement;
  readonly end: AbortController;
}

export class Thumbnails {
  /** What scrolls: a list, of which the chosen one is the page that is read. */
  readonly element: HTMLElement;
  readonly #book: Book;
  readonly #infos: readonly pdf.PageInfo[];
  readonly #trans: Translate<ViewText>;
  readonly #go: (page: number) => void;
  readonly #inner = make('div', { role: 'presentation' });
  readonly #sizes: readonly (readonly [width: number, height: number])[];
  readonly #column: Column;
  readonly #rows = new Map<number, Row>();
  /** The last ones, the newest at the end. */
  readonly #drawn = new Map<number, HTMLCanvasElement>();
  readonly #observer: ResizeObserver;
  readonly #id = freshId();
  #page = 1;
  #frame = 0;

  constructor(book: Book, infos: readonly pdf.PageInfo[], go: (page: number) => void, trans: Translate<ViewText>) {
    this.#book = book;
    this.#infos = infos;
    this.#go = go;
    this.#trans = trans;
    this.#sizes = infos.map(({ width, height }) => {
      const fit = Math.min(WIDTH / width, HEIGHT / height);
      return [Math.max(1, Math.round(width * fit)), Math.max(1, Math.round(height * fit))];
    });
    this.#column = new Column(this.#sizes.map(([, height]) => height + LINE), GAP);
    this.#inner.style.height = `${this.#column.height}px`;
    this.element = make('div', { class: 'wasmcell-Thumbnails', role: 'listbox', tabindex: '0', 'aria-label': trans('Pages, small') }, this.#inner);
    this.element.addEventListener('scroll', () => (this.#frame ||= requestAnimationFrame(() => this.#update())));
    this.element.addEventListener('keydown', event => this.#key(event));
    this.#observer = new ResizeObserver(() => this.#update());
    this.#observer.observe(this.element);
  }

  /** The page that is read is another one. */
  show(page: number): void {
    this.#rows.get(this.#page)?.element.setAttribute('aria-selected', 'false');
    this.#page = page;
    const { scrollTop, clientHeight } = this.element;
    const [top, bottom] = [this.#column.top(page - 1) - GAP, this.#column.bottom(page - 1) + GAP];
    if (clientHeight && (top < scrollTop || bottom > scrollTop + clientHeight)) {
      this.element.scrollTop = top < scrollTop ? top : bottom - clientHeight;
    }
    this.#update();
  }

  /** A small picture of a page, if it was drawn. */
  drawn(page: number): HTMLCanvasElement | undefined {
    return this.#drawn.get(page);
  }

  dispose(): void {
    this.#observer.disconnect();
    cancelAnimationFrame(this.#frame);
    this.#rows.forEach(({ end }) => end.abort());
  }

  #update(): void {
    this.#frame = 0;
    const { scrollTop, clientHeight } = this.element;
    if (!clientHeight) {
      return;
    }
    const [first, last] = this.#column.range(scrollTop - clientHeight / 2, scrollTop + 1.5 * clientHeight);
    // The chosen one is always there: it is spoken of.
    const near = (page: number): boolean => (page > first && page <= last + 1) || page === this.#page;
    for (const [page, { element, end }] of this.#rows) {
      if (!near(page)) {
        end.abort();
        element.remove();
        this.#rows.delete(page);
      }
    }
    for (let page = first + 1; page <= last + 1; page++) {
      this.#add(page);
    }
    const chosen = this.#add(this.#page);
    chosen.setAttribute('aria-selected', 'true');
    this.element.setAttribute('aria-activedescendant', chosen.id);
  }

  #add(page: number): HTMLElement {
    const there = this.#rows.get(page);
    if (there) {
      return there.element;
    }
    const [width, height] = this.#sizes[page - 1]!;
    const { label } = this.#infos[page - 1]!;
    const picture = make('div', { class: 'wasmcell-Thumbnails-picture' });
    picture.style.cssText = `width:${width}px;height:${height}px`;
    const element = make(
      'div',
      {
        class: 'wasmcell-Thumbnails-page',
        role: 'option',
        id: `${this.#id}-${page}`,
        'aria-label': this.#trans('Page %1', label),
        'aria-selected': 'false',
        'aria-posinset': String(page),
        'aria-setsize': String(this.#infos.length)
      },
      picture,
      make('span', {}, label)
    );
    element.style.top = `${this.#column.top(page - 1)}px`;
    element.addEventListener('click', () => this.#go(page));
    const row: Row = { element, end: new AbortController() };
    this.#rows.set(page, row);
    // In the order of the pages, for those who hear them.
    const next = [...this.#rows.keys()].filter(one => one > page).sort((one, other) => one - other)[0];
    this.#inner.insertBefore(element, next === undefined ? null : this.#rows.get(next)!.element);
    void this.#draw(page, picture, row.end.signal);
    return element;
  }

  async #draw(page: number, place: HTMLElement, signal: AbortSignal): Promise<void> {
    let canvas = this.#drawn.get(page);
    try {
      if (!canvas) {
        const [width, height] = this.#sizes[page - 1]!.map(side => Math.ceil(side * Math.min(2, devicePixelRatio)));
        const rank = (): number => RANK + Math.abs(page - this.#page);
        const { raster } = await this.#book.render(page, { width, height }, { rank, signal });
        canvas = make('canvas', { 'aria-hidden': 'true' });
        Object.assign(canvas, { width: raster.width, height: raster.height });
        canvas.getContext('2d')!.putImageData(toImageData(raster), 0, 0);
        this.#keep(page, canvas);
      }
      place.replaceChildren(canvas);
    } catch {
      // The page itself says what is wrong with it.
    }
  }

  #keep(page: number, canvas: HTMLCanvasElement): void {
    this.#drawn.set(page, canvas);
    for (const old of this.#drawn.keys()) {
      if (this.#drawn.size <= KEPT) {
        return;
      }
      this.#drawn.delete(old);
    }
  }

  #key(event: KeyboardEvent): void {
    const step: Readonly<Record<string, number>> = { ArrowUp: -1, ArrowDown: 1, Home: -Infinity, End: Infinity };
    const by = step[event.key];
    if (by !== undefined && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      event.stopPropagation();
      this.#go(Math.max(1, Math.min(this.#infos.length, this.#page + by)));
    }
  }
}
