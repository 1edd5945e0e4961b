import type { pdf } from '../bridge';
import { make } from '../ui/dom';
import { runs, type Run } from './runs';

/** That of the layer, in the style sheet. */
const FONT = 'sans-serif';
/** Widths are measured in letters of this size, in px. */
const EM = 100;

let context: CanvasRenderingContext2D | undefined;

/** How wide a text is, in its size. */
function measure(text: string): number {
  if (!context) {
    context = make('canvas').getContext('2d')!;
    context.font = `${EM}px ${FONT}`;
  }
  return context.measureText(text).width / EM;
}

/**
 * A page's text over its picture: not to be seen, but to be selected, copied and read out. It zooms by the variable
 * `--wasmcell-scale`: px for a point.
 */
export function textLayer(words: readonly pdf.Word[], page: pdf.PageInfo): HTMLElement {
  const layer = make('div', { class: 'wasmcell-Sheet-text' });
  const space = measure(' ');
  for (const run of runs(words)) {
    layer.append(span(run, page, space));
    if (run.end !== 'space') {
      layer.append(make('br', { role: 'presentation' }));
    }
    if (run.end === 'paragraph') {
      layer.append(make('br', { role: 'presentation' }));
    }
  }
  return layer;
}

function span({ text, box, direction, gap, end }: Run, page: pdf.PageInfo, space: number): HTMLElement {
  const isDown = direction === 'down';
  const [size, length] = isDown ? [box.width, box.height] : [box.height, box.width];
  // Letters are another font's: they are stretched until the word is as long as it is on the page.
  const stretch = length / Math.max(0.01, measure(text) * size);
  const element = make('span', { dir: direction === 'rtl' ? 'rtl' : 'ltr' }, end === 'space' ? `${text} ` : text);
  const { style } = element;
  style[direction === 'rtl' ? 'right' : 'left'] = `${(100 * (direction === 'rtl' ? page.width - box.x - box.width : box.x)) / page.width}%`;
  style.top = `${(100 * box.y) / page.height}%`;
  style.fontSize = `calc(var(--wasmcell-scale) * ${size}px)`;
  style.transform = `scale${isDown ? 'Y' : 'X'}(${stretch})`;
  style.wordSpacing = `${gap / (stretch * size) - space}em`;
  if (isDown) {
    style.writingMode = 'vertical-rl';
  }
  return element;
}
