import type { pdf } from '../bridge';

/** A word of a page's text, as it lies on the page. */
export interface Run {
  readonly text: string;
  readonly box: pdf.Box;
  readonly direction: 'ltr' | 'rtl' | 'down';
  /** How far it is to the next word of the line, in points. */
  readonly gap: number;
  /** What comes after it. */
  readonly end: 'space' | 'line' | 'paragraph';
}

/** Letters that are written from right to left: Hebrew, Arabic, Syriac, N'Ko and others. */
const RTL = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/;
/** Words of several letters whose box is this much higher than wide run downwards, or upwards. */
const UPRIGHT = 1.5;

/** Words with what their neighbours say of them. */
export function runs(words: readonly pdf.Word[]): Run[] {
  return words.map(({ text, box, block, line }, place) => {
    const next = words[place + 1];
    const end = next?.block === block ? (next.line === line ? 'space' : 'line') : 'paragraph';
    const direction = [...text].length > 1 && box.height > UPRIGHT * box.width ? 'down' : RTL.test(text) ? 'rtl' : 'ltr';
    return { text, box, direction, gap: end === 'space' ? gap(box, next!.box, direction) : 0, end };
  });
}

function gap(box: pdf.Box, next: pdf.Box, direction: Run['direction']): number {
  const found = {
    ltr: next.x - (box.x + box.width),
    rtl: box.x - (next.x + next.width),
    down: next.y - (box.y + box.height)
  }[direction];
  // Of a word that turns the other way the next may lie anywhere.
  const high = direction === 'down' ? box.width : box.height;
  return found > 0 && found < 4 * high ? found : 0;
}
