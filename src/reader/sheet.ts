// One page in the document's column: pixels, and above them text, links and marks.

import type { pdf } from '../bridge';
import { WasmcellError } from '../bridge/errors';
import { make } from '../ui/dom';
import type { Translate } from '../ui/translate';
import type { ViewText } from '../ui/view-texts';
import { toImageData } from '../workbench/raster';
import type { Book } from './book';
import { textLayer } from './text';

/** Pixels of a picture of a whole page, at most; what wants more is drawn in part, where it is seen. */
const MOST = 4 * 2 ** 20;
/** How much more than is seen is drawn, as a share of that, on each side. */
const MARGIN = 0.25;
/** What is wanted first of a page. Pages that are farther away come later. */
const [PICTURE, DETAIL, TEXT] = [0, 1, 2];
const KINDS = 3;

/** What a page needs of where it is. */
export interface Surroundings {
  readonly book: Book;
  readonly trans: Translate<ViewText>;
  /** How many pages a page is away from the one that is read. */
  away(page: number): number;
  /** Goes to a page. */
  go(page: number): void;
  /** Goes to an address; undefined where none can be gone to. */
  readonly follow?: ((uri: string) => void) | undefined;
  /** Takes what is to be said of a page. */
  note(page: number, notes: readonly string[]): void;
  /** A small picture of a page, if there is one. */
  small(page: number): HTMLCanvasElement | undefined;
}

/** A part of a page, or all of it, as pixels. */
interface Picture {
  readonly canvas: HTMLCanvasElement;
  /** Pixels of the screen for a point. */
  readonly scale: number;
  readonly region: pdf.Box;
}

/** @see Surroundings */
export class Sheet {
  readonly element: HTMLElement;
  readonly #page: number;
  readonly #info: pdf.PageInfo;
  readonly #around: Surroundings;
  readonly #marks = make('div', { class: 'wasmcell-Sheet-marks', 'aria-hidden': 'true' });
  readonly #message = make('p', { class: 'wasmcell-Sheet-message' });
  readonly #end = new AbortController();
  #marked: { readonly hits: readonly pdf.Hit[]; readonly current: pdf.Hit | undefined } | undefined;
  readonly #shown: { whole?: Picture | undefined; part?: Picture | undefined } = {};
  readonly #wanted: { whole?: AbortController | undefined; part?: AbortController | undefined } = {};
  readonly #asked: { whole?: string | undefined; part?: string | undefined } = {};

  constructor(page: number, info: pdf.PageInfo, around: Surroundings) {
    this.#page = page;
    this.#info = info;
    this.#around = around;
    const { trans } = around;
    const name = info.label === String(page) ? trans('Page %1', page) : trans('Page %1 (%2)', info.label, page);
    this.element = make('div', { class: 'wasmcell-Sheet', role: 'region', 'aria-label': name, 'data-page': String(page) });
    this.element.append(this.#marks, this.#message);
    const small = around.small(page);
    if (small) {
      const canvas = make('canvas', { 'aria-hidden': 'true' });
      Object.assign(canvas, { width: small.width, height: small.height });
      canvas.getContext('2d')!.drawImage(small, 0, 0);
      this.#show('whole', { canvas, scale: 0, region: { x: 0, y: 0, width: info.width, height: info.height } });
    }
    void this.#read();
  }

  /** Puts the page in its place, in px; what is drawn is stretched until it is drawn anew. */
  lay(left: number, top: number, width: number, height: number): void {
    const { style } = this.element;
    style.transform = `translate(${left}px, ${top}px)`;
    style.width = `${width}px`;
    style.height = `${height}px`;
    style.setProperty('--wasmcell-scale', String(width / this.#info.width));
  }

  /**
   * Has the page drawn as sharp as the screen is.
   *
   * @param scale Pixels of the screen for a point.
   * @param seen What is seen of it, in points; undefined if nothing is.
   */
  draw(scale: number, seen: pdf.Box | undefined): void {
    const { width, height } = this.#info;
    const whole = Math.min(scale, Math.sqrt(MOST / (width * height)));
    void this.#draw('whole', whole, { x: 0, y: 0, width, height });
    if (whole === scale) {
      this.#drop('part');
    } else if (seen && !(this.#shown.part?.scale === scale && within(seen, this.#shown.part.region))) {
      void this.#draw('part', scale, more(seen, this.#info, scale));
    }
  }

  /** Marks what was found on the page; `current` is the hit that is looked at. */
  mark(hits: readonly pdf.Hit[], current: pdf.Hit | undefined): void {
    const now = hits.includes(current!) ? current : undefined;
    if (hits === this.#marked?.hits && now === this.#marked.current) {
      return;
    }
    this.#marked = { hits, current: now };
    this.#marks.replaceChildren(
      ...hits.flatMap(hit =>
        hit.boxes.map(box => this.#place(make('div', { class: hit === current ? 'wasmcell-mod-current' : undefined }), box))
      )
    );
  }

  dispose(): void {
    this.#end.abort();
    this.#wanted.whole?.abort();
    this.#wanted.part?.abort();
    this.element.remove();
  }

  async #draw(what: 'whole' | 'part', scale: number, region: pdf.Box): Promise<void> {
    const asked = JSON.stringify([scale, region]);
    if (asked === this.#asked[what]) {
      return;
    }
    this.#wanted[what]?.abort();
    const { signal } = (this.#wanted[what] = new AbortController());
    this.#asked[what] = asked;
    const { book, away, note } = this.#around;
    const rank = (): number => KINDS * away(this.#page) + (what === 'whole' ? PICTURE : DETAIL);
    const width = Math.max(1, Math.round(region.width * scale));
    const view = what === 'whole' ? { width } : { width, region };
    try {
      const { raster, notes } = await book.render(this.#page, view, { rank, signal });
      const canvas = make('canvas', { 'aria-hidden': 'true' });
      Object.assign(canvas, { width: raster.width, height: raster.height });
      canvas.getContext('2d')!.putImageData(toImageData(raster), 0, 0);
      this.#show(what, { canvas, scale, region });
      this.#message.textContent = '';
      note(this.#page, notes);
    } catch (error) {
      const { code, message } = WasmcellError.from(error, 'trapped');
      if (!signal.aborted && code !== 'cancelled') {
        this.#message.textContent = this.#around.trans('This page cannot be drawn: %1', message);
      }
    }
  }

  #show(what: 'whole' | 'part', picture: Picture): void {
    const { canvas, scale, region } = picture;
    this.#place(canvas, region);
    if (scale) {
      // Pixels of the screen, as far as it is not zoomed: a side may be rounded otherwise than its place is.
      const share = (pixels: number, points: number): string => `${(100 * pixels) / Math.max(1, Math.round(points * scale))}%`;
      canvas.style.width = share(canvas.width, this.#info.width);
      canvas.style.height = share(canvas.height, this.#info.height);
    }
    this.#shown[what]?.canvas.remove();
    this.#shown[what] = picture;
    if (what === 'whole') {
      this.element.prepend(canvas);
    } else {
      (this.#shown.whole?.canvas ?? this.#marks).after(canvas);
    }
  }

  #drop(what: 'part'): void {
    this.#wanted[what]?.abort();
    this.#shown[what]?.canvas.remove();
    this.#shown[what] = this.#asked[what] = undefined;
  }

  /** Text and links. What cannot be read of a page that can be drawn is no more than missing. */
  async #read(): Promise<void> {
    const { book, away } = this.#around;
    const wanted = { rank: () => KINDS * away(this.#page) + TEXT, signal: this.#end.signal };
    const [words, notes] = await Promise.allSettled([book.words(this.#page, wanted), book.annotations(this.#page, wanted)]);
    if (!this.#end.signal.aborted) {
      if (words.status === 'fulfilled') {
        this.#marks.before(textLayer(words.value, this.#info));
      }
      this.element.append(...(notes.status === 'fulfilled' ? notes.value.flatMap(note => this.#link(note) ?? []) : []));
    }
  }

  #link({ kind, box, target, uri, hidden }: pdf.Annotation): HTMLElement | undefined {
    const { go, follow, trans } = this.#around;
    const act = target !== undefined ? () => go(target) : uri !== undefined && follow ? () => follow(uri) : undefined;
    if (kind !== 'Link' || hidden || !act || box.width <= 0 || box.height <= 0) {
      return undefined;
    }
    const label = target !== undefined ? trans('Go to page %1', target) : uri!;
    const link = make('button', { type: 'button', class: 'wasmcell-Sheet-link', title: label, 'aria-label': label });
    link.addEventListener('click', act);
    return this.#place(link, box);
  }

  /** Puts an element where a box of the page is, whatever the zoom. */
  #place<E extends HTMLElement>(element: E, box: pdf.Box): E {
    const percent = (part: number, whole: number): string => `${(100 * part) / whole}%`;
    element.style.left = percent(box.x, this.#info.width);
    element.style.top = percent(box.y, this.#info.height);
    element.style.width = percent(box.width, this.#info.width);
    element.style.height = percent(box.height, this.#info.height);
    return element;
  }
}

function within(inner: pdf.Box, outer: pdf.Box): boolean {
  return (
    inner.x >= outer.x - 0.01 &&
    inner.y >= outer.y - 0.01 &&
    inner.x + inner.width <= outer.x + outer.width + 0.01 &&
    inner.y + inner.height <= outer.y + outer.height + 0.01
  );
}

/** A box and what is around it, within the page, in whole pixels. */
function more({ x, y, width, height }: pdf.Box, page: pdf.PageInfo, scale: number): pdf.Box {
  const start = (at: number, size: number): number => Math.max(0, Math.floor((at - MARGIN * size) * scale) / scale);
  const end = (at: number, size: number, most: number): number => Math.min(most, Math.ceil((at + (1 + MARGIN) * size) * scale) / scale);
  const [left, top] = [start(x, width), start(y, height)];
  return { x: left, y: top, width: end(x, width, page.width) - left, height: end(y, height, page.height) - top };
}
