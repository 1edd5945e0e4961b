import type { FileRef } from '../bridge/values';
import { make } from '../ui/dom';
import { typeOf } from './types';

const SIDE = 40;
/** Larger files show their type only: a browser decodes a picture whole to draw it small. */
const MAX_THUMBNAIL = 100 * 2 ** 20;

/** One at a time, so that many large pictures are not in memory at once. */
let last: Promise<unknown> = Promise.resolve();

/** A small picture of a file, drawn when it comes into sight; its extension, where it cannot be drawn. */
export function thumbnail(file: FileRef, blob: () => Promise<Blob>): HTMLElement {
  const extension = /\.(\w{1,4})$/.exec(file.name)?.[1] ?? '';
  const frame = make('div', { class: 'thumb small quiet', 'aria-hidden': 'true' }, extension.toUpperCase());
  if (typeOf(file).startsWith('image/') && file.size <= MAX_THUMBNAIL) {
    const observer = new IntersectionObserver(([entry]) => {
      if (entry?.isIntersecting) {
        observer.disconnect();
        last = last.then(async () => frame.replaceChildren(await draw(await blob()))).catch(() => undefined);
      }
    });
    observer.observe(frame);
  }
  return frame;
}

async function draw(blob: Blob): Promise<HTMLCanvasElement> {
  const density = Math.min(2, devicePixelRatio);
  const whole = await createImageBitmap(blob, { resizeHeight: SIDE * density * 2, resizeQuality: 'medium' });
  const side = SIDE * density;
  const canvas = make('canvas', { width: side, height: side });
  canvas.style.width = canvas.style.height = `${SIDE}px`;
  const square = Math.min(whole.width, whole.height);
  const [x, y] = [(whole.width - square) / 2, (whole.height - square) / 2];
  canvas.getContext('2d')!.drawImage(whole, x, y, square, square, 0, 0, side, side);
  whole.close();
  return canvas;
}
