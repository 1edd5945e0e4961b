// The document's pages, one below the other. Only those near what is seen are there.

import type { pdf } from '../bridge';
import { make } from '../ui/dom';
import type { Translate } from '../ui/translate';
import type { ViewText } from '../ui/view-texts';
import { Column } from './column';
import { Sheet, type Surroundings } from './sheet';

/** Of CSS for one of PDF: what 100 % is. */
const PX = 96 / 72;
/** Between pages, and around them, in px. */
const GAP = 12;
const [MIN_ZOOM, MAX_ZOOM] = [0.1, 10];
export const ZOOM_STEP = 1.2;
/** Browsers have no higher elements; in px. */
const HIGHEST = 16_000_000;
/** Of the view's height: how far above and below of it pages are there. */
const NEAR = 1;
/** How long zoom or place must not change before what is stretched or cut off is drawn anew, in milliseconds. */
const QUIET = 120;
/** Pages that are kept because they are part of a selection, at most. */
const SELECTED = 100;

/** A zoom: a number, 1 for the size on paper; or that the page's width, or all of it, fits. */
export type Zoom = number | 'width' | 'page';

/** What the pages' reader hears. */
export interface Heard {
  /** Another page is the one that is read. */
  readonly onpage: (page: number) => void;
  readonly onzoom: (zoom: Zoom, level: number) => void;
}

/** What a click on a link does, and who knows of pages' notes and small pictures. */
export type Outside = Pick<Surroundings, 'book' | 'follow' | 'note' | 'small'>;

export class Pages {
  /** What scrolls. */
  readonly element: HTMLElement;
  readonly #infos: readonly pdf.PageInfo[];
  readonly #heard: Heard;
  readonly #around: Surroundings;
  readonly #inner = make('div', { class: 'wasmcell-Reader-column' });
  readonly #sheets = new Map<number, Sheet>();
  readonly #observer: ResizeObserver;
  readonly #ends = new AbortController();
  #column = new Column([], GAP);
  /** Widths and heights, in px. */
  #sizes: readonly (readonly [number, number])[] = [];
  #zoom: Zoom = 'width';
  /** Px for a point. */
  #scale = PX;
  #page = 1;
  /** The page that was gone to: it is read until one scrolls, though at the document's end others fill the view. */
  #went = { page: 1, scrollTop: 0 };
  #frame = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #zooms = false;
  #found: (page: number) => readonly pdf.Hit[] = () => [];
  #hit: pdf.Hit | undefined;
  #box = '';

  constructor(infos: readonly pdf.PageInfo[], outside: Outside, heard: Heard, trans: Translate<ViewText>) {
    this.#infos = infos;
    this.#heard = heard;
    this.#around = {
      ...outside,
      trans,
      away: page => Math.abs(page - this.#page),
      go: page => {
        this.go(page);
        this.element.focus({ preventScroll: true });
      }
    };
    this.element = make('div', { class: 'wasmcell-Reader-pages', tabindex: '0', role: 'group', 'aria-label': trans('Pages') }, this.#inner);
    const { signal } = this.#ends;
    this.element.addEventListener('scroll', () => this.#soon(), { signal });
    this.element.addEventListener('wheel', event => this.#wheel(event), { passive: false, signal });
    // A browser's zoom, or another screen, changes px and their density.
    this.#observer = new ResizeObserver(() => this.#resized());
    this.#observer.observe(this.element);
  }

  dispose(): void {
    this.#ends.abort();
    this.#observer.disconnect();
    cancelAnimationFrame(this.#frame);
    clearTimeout(this.#timer);
    this.#sheets.forEach(sheet => sheet.dispose());
  }

  /** Begins, when the element is where it is seen; later if it has no room yet. */
  start(page: number): void {
    this.#page = Math.max(1, Math.min(this.#infos.length, page));
    this.#resized();
  }

  /** The page that is read. */
  get page(): number {
    return this.#page;
  }

  /** Whether the page that is read is wider than its place. */
  get isWide(): boolean {
    return (this.#sizes[this.#page - 1]?.[0] ?? 0) > this.element.clientWidth;
  }

  /** Goes to a page's upper edge. */
  go(page: number): void {
    const to = Math.max(1, Math.min(this.#infos.length, page));
    if (!this.#sizes.length) {
      this.#page = to;
      return;
    }
    this.element.scrollTop = this.#column.top(to - 1) - GAP;
    this.#went = { page: to, scrollTop: this.element.scrollTop };
    this.#update();
  }

  /** Px of CSS for one on paper. */
  get level(): number {
    return this.#scale / PX;
  }

  /** Zooms; a point of the view (its middle unless told) stays where it is. */
  zoom(zoom: Zoom, at?: readonly [x: number, y: number]): void {
    this.#zoom = zoom;
    this.#lay(at);
  }

  /** Marks hits, and brings the one that is looked at into sight. */
  mark(found: (page: number) => readonly pdf.Hit[], hit: pdf.Hit | undefined): void {
    const isNew = hit !== this.#hit;
    this.#found = found;
    this.#hit = hit;
    this.#sheets.forEach((sheet, page) => sheet.mark(found(page), hit));
    if (hit && isNew) {
      this.#reveal(hit);
    }
  }

  #reveal({ page, boxes }: pdf.Hit): void {
    const [box] = boxes;
    const { clientWidth, clientHeight, scrollTop, scrollLeft } = this.element;
    const [y, height] = [this.#column.top(page - 1) + (box?.y ?? 0) * this.#scale, (box?.height ?? 0) * this.#scale];
    const x = this.#left(page - 1) + (box?.x ?? 0) * this.#scale;
    if (y < scrollTop + GAP || y + height > scrollTop + clientHeight - GAP) {
      this.element.scrollTop = y - clientHeight / 3;
    }
    if (x < scrollLeft || x > scrollLeft + clientWidth - GAP) {
      this.element.scrollLeft = x - clientWidth / 3;
    }
    this.#update();
  }

  #resized(): void {
    const box = [this.element.clientWidth, this.element.clientHeight, devicePixelRatio].join();
    if (box !== this.#box && this.element.clientWidth > 0 && this.element.clientHeight > 0) {
      const first = this.#box === '' ? this.#page : undefined;
      this.#box = box;
      // What is at the upper edge stays there.
      this.#lay([this.element.clientWidth / 2, 0]);
      if (first !== undefined) {
        this.go(first);
      }
    }
  }

  /** Px for a point, as the zoom wants it. */
  #wanted(): number {
    const { width, height } = this.#infos[this.#page - 1]!;
    const [room, high] = [this.element.clientWidth - 2 * GAP, this.element.clientHeight - 2 * GAP];
    const fit = { width: room / width, page: Math.min(room / width, high / height) };
    const level = typeof this.#zoom === 'number' ? this.#zoom : fit[this.#zoom] / PX;
    const all = this.#infos.reduce((sum, info) => sum + info.height, 0) * PX;
    return PX * Math.max(MIN_ZOOM, Math.min(MAX_ZOOM, level, HIGHEST / all));
  }

  #lay(at?: readonly [x: number, y: number]): void {
    const { element } = this;
    if (!element.clientWidth || !element.clientHeight) {
      return; // it is not seen
    }
    const [x, y] = at ?? [element.clientWidth / 2, element.clientHeight / 2];
    const before = this.#sizes.length ? this.#point(x, y) : undefined;
    this.#scale = this.#wanted();
    // Whole pixels of the screen, so that what is drawn for them is sharp.
    const side = (points: number): number => Math.max(1, Math.round(points * this.#scale * devicePixelRatio)) / devicePixelRatio;
    this.#sizes = this.#infos.map(({ width, height }) => [side(width), side(height)]);
    this.#column = new Column(this.#sizes.map(([, height]) => height), GAP);
    const widest = this.#sizes.reduce((most, [width]) => Math.max(most, width), 0);
    this.#inner.style.width = `${Math.max(element.clientWidth, widest + 2 * GAP)}px`;
    this.#inner.style.height = `${this.#column.height}px`;
    this.#sheets.forEach((sheet, page) => this.#put(sheet, page - 1));
    if (before) {
      const [index, share, down] = before;
      const [width, height] = this.#sizes[index]!;
      element.scrollLeft = this.#left(index) + share * width - x;
      element.scrollTop = this.#column.top(index) + down * height - y;
    } else {
      element.scrollLeft = (this.#inner.clientWidth - element.clientWidth) / 2;
    }
    // What is there is stretched at first; what is not has nothing to be stretched.
    this.#zooms = before !== undefined;
    this.#heard.onzoom(this.#zoom, this.level);
    this.#update();
  }

  /** The page at a point of the view, and where on it that is, as shares of its sides. */
  #point(x: number, y: number): [index: number, share: number, down: number] {
    const { scrollLeft, scrollTop } = this.element;
    const index = this.#column.at(scrollTop + y);
    const [width, height] = this.#sizes[index]!;
    return [index, (scrollLeft + x - this.#left(index)) / width, (scrollTop + y - this.#column.top(index)) / height];
  }

  #left(index: number): number {
    const room = parseFloat(this.#inner.style.width);
    return Math.round(((room - this.#sizes[index]![0]) / 2) * devicePixelRatio) / devicePixelRatio;
  }

  #put(sheet: Sheet, index: number): void {
    sheet.lay(this.#left(index), this.#column.top(index), ...this.#sizes[index]!);
  }

  #soon(): void {
    this.#frame ||= requestAnimationFrame(() => this.#update());
  }

  /** Has the pages there that are near, and no others. */
  #update(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    const { scrollTop, clientHeight } = this.element;
    if (!this.#sizes.length || !clientHeight) {
      return;
    }
    const page = scrollTop === this.#went.scrollTop ? this.#went.page : this.#column.main(scrollTop, scrollTop + clientHeight) + 1;
    const [first, last] = this.#column.range(scrollTop - NEAR * clientHeight, scrollTop + (1 + NEAR) * clientHeight);
    const selected = this.#selected();
    const near = (one: number): boolean => (one > first && one <= last + 1) || (one >= selected[0] && one <= selected[1]);
    for (const [one, sheet] of this.#sheets) {
      if (!near(one)) {
        sheet.dispose();
        this.#sheets.delete(one);
      }
    }
    for (let index = first; index <= last; index++) {
      if (!this.#sheets.has(index + 1)) {
        this.#add(index);
      }
    }
    if (page !== this.#page) {
      this.#page = page;
      this.#heard.onpage(page);
    }
    if (!this.#zooms) {
      this.#draw(false);
    }
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#zooms = false;
      this.#draw(true);
    }, QUIET);
  }

  #add(index: number): void {
    const sheet = new Sheet(index + 1, this.#infos[index]!, this.#around);
    this.#put(sheet, index);
    sheet.mark(this.#found(index + 1), this.#hit);
    // In the order of reading, for selections and for those who hear them.
    const next = [...this.#sheets.keys()].filter(page => page > index + 1).sort((one, other) => one - other)[0];
    this.#inner.insertBefore(sheet.element, next === undefined ? null : this.#sheets.get(next)!.element);
    this.#sheets.set(index + 1, sheet);
  }

  /** @param quiet Whether parts are drawn, too: they are of the place where one stays. */
  #draw(quiet: boolean): void {
    const { scrollTop, scrollLeft, clientWidth, clientHeight } = this.element;
    for (const [page, sheet] of this.#sheets) {
      const [width, height] = this.#sizes[page - 1]!;
      const [left, top] = [scrollLeft - this.#left(page - 1), scrollTop - this.#column.top(page - 1)];
      const [x, right] = [Math.max(0, left), Math.min(width, left + clientWidth)];
      const [y, bottom] = [Math.max(0, top), Math.min(height, top + clientHeight)];
      const points = (px: number): number => px / this.#scale;
      const seen = { x: points(x), y: points(y), width: points(right - x), height: points(bottom - y) };
      sheet.draw(this.#scale * devicePixelRatio, quiet && right > x && bottom > y ? seen : undefined);
    }
  }

  /** The first and the last page that a selection begins or ends on. */
  #selected(): readonly [number, number] {
    // In a shadow tree, some browsers tell of it there alone.
    const root = this.element.getRootNode() as Document | ShadowRoot;
    const selection = 'getSelection' in root ? root.getSelection() : document.getSelection();
    const pages = [selection?.anchorNode, selection?.focusNode].flatMap(node => {
      const found = (node instanceof Element ? node : node?.parentElement)?.closest<HTMLElement>('.wasmcell-Sheet');
      return found && this.#inner.contains(found) && !selection!.isCollapsed ? Number(found.dataset.page) : [];
    });
    const [low, high] = [Math.min(...pages), Math.max(...pages)];
    return pages.length && high - low < SELECTED ? [low, high] : [0, 0];
  }

  #wheel(event: WheelEvent): void {
    if (event.ctrlKey) {
      event.preventDefault();
      const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
      const { left, top } = this.element.getBoundingClientRect();
      // A pinch comes as a wheel with Ctrl and small deltas.
      const factor = Math.exp((-event.deltaY * lines) / (Math.abs(event.deltaY) < 50 ? 100 : 400));
      this.zoom(this.level * factor, [event.clientX - left, event.clientY - top]);
    }
  }
}
