// Before and after, with a divider between them that can be moved, zoom and pan.

import { make } from '../ui/dom';
import type { Translate } from '../ui/translate';
import type { ViewText } from '../ui/view-texts';
import { icon } from './icons';
import { toImageData, type Raster } from './raster';
import type { Box, Side, Sight } from './sight';

/** Where a picture before and after is shown. */
export interface Screen {
  readonly element: HTMLElement;
  /** Called with how many pixels there is room for. */
  onbox: (box: Box) => void;
  show(side: Side, sight: Sight): void;
  /** Whether another picture is on its way. */
  busy(busy: boolean): void;
  dispose(): void;
}

const ALL = 65_535;
/** Boxes are of whole such steps, so that small changes of size want no other pixels. */
const STEP = 256;
const [MIN_ZOOM, MAX_ZOOM] = [0.02, 32];
const ZOOM_STEP = 1.25;
/** How far an arrow key moves: the divider in percent, the picture in px. */
const [MOVE, PAN] = [2, 64];

interface Layer {
  readonly element: HTMLElement;
  readonly canvas: HTMLCanvasElement;
  full: Box | undefined;
}

/** @see Screen. It knows nothing of where pixels come from, so it runs in the page as well as in the vault. */
export class Picture implements Screen {
  readonly element: HTMLElement;
  onbox: (box: Box) => void = () => undefined;
  readonly #stage: HTMLElement;
  readonly #divider: HTMLElement;
  readonly #layers: Readonly<Record<Side, Layer>>;
  readonly #level: HTMLElement;
  readonly #observer: ResizeObserver;
  readonly #trans: Translate<ViewText>;
  /** Pixels of the screen for one of the picture; undefined to fit it in. */
  #zoom: number | undefined;
  #pan = [0, 0] as [x: number, y: number];
  #divided = 50;
  #box = '';
  readonly #pointers = new Map<number, PointerEvent>();

  /** @param wheel Whether the wheel zooms by itself, and not only with Ctrl: where nothing is to be scrolled. */
  constructor(trans: Translate<ViewText>, { wheel = false } = {}) {
    this.#trans = trans;
    this.#layers = { before: layer('before', trans('The picture before')), after: layer('after', trans('The picture after')) };
    this.#divider = make(
      'div',
      {
        class: 'wasmcell-Picture-divider',
        role: 'slider',
        tabindex: '0',
        'aria-label': trans('Divider between before and after'),
        'aria-orientation': 'horizontal',
        'aria-valuemin': '0',
        'aria-valuemax': '100'
      },
      make('span', { class: 'wasmcell-Picture-grip' }, icon('divider'))
    );
    this.#stage = make(
      'div',
      { class: 'wasmcell-Picture-stage' },
      this.#layers.before.element,
      this.#layers.after.element,
      make('span', { class: 'wasmcell-Picture-tag', 'data-side': 'before' }, trans('Before')),
      make('span', { class: 'wasmcell-Picture-tag', 'data-side': 'after' }, trans('After')),
      this.#divider,
      make('div', { class: 'wasmcell-Picture-busy' })
    );
    this.#level = make('output', { class: 'wasmcell-Picture-level' });
    const button = (label: string, content: Node | string, click: () => void): HTMLElement => {
      const made = make('button', { type: 'button', class: 'wasmcell-button', 'aria-label': label, title: label }, content);
      made.addEventListener('click', click);
      return made;
    };
    const bar = make(
      'div',
      { class: 'wasmcell-Picture-zoom', role: 'group', 'aria-label': trans('Zoom') },
      button(trans('Zoom out (-)'), icon('less'), () => this.#by(1 / ZOOM_STEP)),
      this.#level,
      button(trans('Zoom in (+)'), icon('add'), () => this.#by(ZOOM_STEP)),
      button(trans('Fit the picture in (0)'), trans('Fit'), () => this.#to(undefined)),
      button(trans('100 %: show every pixel (1)'), '100 %', () => this.#to(1))
    );
    this.element = make('div', { class: 'wasmcell-Picture' }, this.#stage, bar);
    this.element.addEventListener('keydown', event => this.#key(event));
    this.#stage.addEventListener('dblclick', () => this.#to(this.#zoom === undefined ? 1 : undefined));
    this.#stage.addEventListener('wheel', event => this.#wheel(event, wheel), { passive: false });
    this.#stage.addEventListener('pointerdown', event => this.#down(event));
    this.#stage.addEventListener('pointermove', event => this.#moved(event));
    for (const end of ['pointerup', 'pointercancel'] as const) {
      this.#stage.addEventListener(end, ({ pointerId }) => this.#pointers.delete(pointerId));
    }
    this.#observer = new ResizeObserver(() => this.#lay());
    this.#observer.observe(this.#stage);
    this.#divide(this.#divided);
  }

  show(side: Side, { raster, full }: Sight): void {
    const { canvas } = this.#layers[side];
    this.#layers[side].full = full;
    const { width, height } = raster;
    if (canvas.width !== width || canvas.height !== height) {
      Object.assign(canvas, { width, height });
    }
    canvas.getContext('2d')!.putImageData(toImageData(raster as Raster), 0, 0);
    this.element.classList.add('wasmcell-mod-shown');
    this.#lay();
  }

  busy(busy: boolean): void {
    this.element.classList.toggle('wasmcell-mod-busy', busy);
  }

  dispose(): void {
    this.#observer.disconnect();
  }

  /** The size of the stage, in px of CSS. */
  get #size(): Box {
    return [this.#stage.clientWidth, this.#stage.clientHeight];
  }

  /** Pixels of CSS for one of the picture. */
  #scale([width, height]: Box): number {
    const [room, high] = this.#size;
    const whole = 1 / devicePixelRatio;
    return this.#zoom === undefined ? Math.min(whole, room / width, high / height) : this.#zoom * whole;
  }

  #lay(): void {
    const [room, high] = this.#size;
    const full = this.#layers.after.full ?? this.#layers.before.full;
    if (!room || !high) {
      return; // it is not seen
    }
    if (full) {
      const scale = this.#scale(full);
      const [width, height] = [full[0] * scale, full[1] * scale];
      const free = [Math.max(0, width - room) / 2, Math.max(0, height - high) / 2] as const;
      this.#pan = [clamp(this.#pan[0], free[0]), clamp(this.#pan[1], free[1])];
      this.#stage.classList.toggle('wasmcell-mod-pans', free[0] > 0 || free[1] > 0);
      for (const { canvas, full: own } of Object.values(this.#layers)) {
        // What has another shape lies in the middle of the same place.
        const [w, h] = own ?? full;
        const fit = Math.min(width / w, height / h);
        canvas.style.width = `${w * fit}px`;
        canvas.style.height = `${h * fit}px`;
        canvas.style.left = `${(room - w * fit) / 2 + this.#pan[0]}px`;
        canvas.style.top = `${(high - h * fit) / 2 + this.#pan[1]}px`;
        canvas.style.imageRendering = scale * devicePixelRatio >= 2 ? 'pixelated' : 'auto';
      }
      this.#level.textContent = `${Math.round(scale * devicePixelRatio * 100)} %`;
    }
    this.#ask(full);
  }

  /** Says how many pixels there is room for, if that has changed. */
  #ask(full: Box | undefined): void {
    const zoom = this.#zoom;
    const wanted = zoom === undefined || !full ? this.#size.map(side => side * devicePixelRatio) : full.map(side => side * zoom);
    const box = zoom !== undefined && zoom >= 1 ? [ALL, ALL] : wanted.map(side => Math.min(ALL, Math.ceil(side / STEP) * STEP));
    if (String(box) !== this.#box) {
      this.#box = String(box);
      this.onbox(box as unknown as Box);
    }
  }

  #divide(percent: number): void {
    this.#divided = Math.max(0, Math.min(100, percent));
    const right = 100 - this.#divided;
    this.#layers.before.element.style.clipPath = `inset(0 ${right}% 0 0)`;
    this.#layers.after.element.style.clipPath = `inset(0 0 0 ${this.#divided}%)`;
    this.#divider.style.left = `${this.#divided}%`;
    const now = Math.round(this.#divided);
    this.#divider.setAttribute('aria-valuenow', String(now));
    this.#divider.setAttribute('aria-valuetext', this.#trans('%1 % before, %2 % after', now, 100 - now));
  }

  /** Zooms; what is at a point of the stage (its middle unless told) stays there. */
  #to(zoom: number | undefined, at: readonly [number, number] = [0, 0]): void {
    const full = this.#layers.after.full ?? this.#layers.before.full;
    if (!full) {
      return;
    }
    const before = this.#scale(full);
    this.#zoom = zoom === undefined ? undefined : Math.max(MIN_ZOOM, Math.min(MAX_ZOOM, zoom));
    const factor = this.#scale(full) / before;
    this.#pan = [at[0] - (at[0] - this.#pan[0]) * factor, at[1] - (at[1] - this.#pan[1]) * factor];
    this.#lay();
  }

  #by(factor: number, at?: readonly [number, number]): void {
    const full = this.#layers.after.full ?? this.#layers.before.full;
    if (full) {
      this.#to(this.#scale(full) * devicePixelRatio * factor, at);
    }
  }

  /** A place on the screen, from the middle of the stage. */
  #place({ clientX, clientY }: MouseEvent): [number, number] {
    const { left, top, width, height } = this.#stage.getBoundingClientRect();
    return [clientX - left - width / 2, clientY - top - height / 2];
  }

  #wheel(event: WheelEvent, plain: boolean): void {
    if (plain || event.ctrlKey) {
      event.preventDefault();
      const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
      // A pinch comes as a wheel with Ctrl and small deltas.
      this.#by(Math.exp((-event.deltaY * lines) / (event.ctrlKey && Math.abs(event.deltaY) < 50 ? 100 : 400)), this.#place(event));
    }
  }

  #down(event: PointerEvent): void {
    if (event.button === 0) {
      this.#stage.setPointerCapture(event.pointerId);
      this.#pointers.set(event.pointerId, event);
      this.#drags = this.#divider.contains(event.target as Node) || !this.#stage.classList.contains('wasmcell-mod-pans');
      this.#divider.focus({ preventScroll: true });
      event.preventDefault();
    }
  }

  /** Whether a drag moves the divider; else it moves the picture. */
  #drags = false;

  #moved(event: PointerEvent): void {
    const last = this.#pointers.get(event.pointerId);
    if (!last) {
      return;
    }
    const other = [...this.#pointers.values()].find(({ pointerId }) => pointerId !== event.pointerId);
    this.#pointers.set(event.pointerId, event);
    if (other) {
      const away = ({ clientX, clientY }: PointerEvent): number =>
        Math.hypot(clientX - other.clientX, clientY - other.clientY);
      this.#by(away(event) / Math.max(1, away(last)), this.#place(event));
    } else if (this.#drags) {
      const { left, width } = this.#stage.getBoundingClientRect();
      this.#divide(((event.clientX - left) / width) * 100);
    } else {
      this.#pan = [this.#pan[0] + event.clientX - last.clientX, this.#pan[1] + event.clientY - last.clientY];
      this.#lay();
    }
  }

  #key(event: KeyboardEvent): void {
    const { key, shiftKey, target } = event;
    if (event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    const [x, y] = [{ ArrowLeft: -1, ArrowRight: 1 }[key] ?? 0, { ArrowUp: -1, ArrowDown: 1 }[key] ?? 0];
    if (key === '+' || key === '=') {
      this.#by(ZOOM_STEP);
    } else if (key === '-') {
      this.#by(1 / ZOOM_STEP);
    } else if (key === '0') {
      this.#to(undefined);
    } else if (key === '1') {
      this.#to(1);
    } else if (target === this.#divider && shiftKey && (x || y)) {
      this.#pan = [this.#pan[0] - x * PAN, this.#pan[1] - y * PAN];
      this.#lay();
    } else if (target === this.#divider && (x || y)) {
      this.#divide(this.#divided + MOVE * (x - y));
    } else if (target === this.#divider && (key === 'Home' || key === 'End')) {
      this.#divide(key === 'Home' ? 0 : 100);
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }
}

function layer(side: Side, label: string): Layer {
  const canvas = make('canvas', { width: '1', height: '1', role: 'img', 'aria-label': label });
  const element = make('div', { class: 'wasmcell-Picture-layer', 'data-side': side }, canvas);
  return { element, canvas, full: undefined };
}

function clamp(value: number, limit: number): number {
  return Math.max(-limit, Math.min(limit, value));
}
