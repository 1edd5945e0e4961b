import { expect, it } from 'vitest';

import { runs } from './runs';

const word = (text: string, x: number, width: number, line = 0, block = 0, height = 10) => ({
  page: 1,
  text,
  box: { x, y: 20 + 12 * line, width, height },
  block,
  line
});

it('knows how far the next word is, and where lines and paragraphs end', () => {
  const found = runs([word('Find', 20, 24), word('the', 50, 18), word('words', 20, 30, 1), word('here', 20, 24, 2, 1)]);
  expect(found.map(({ gap, end }) => [gap, end])).toEqual([
    [6, 'space'],
    [0, 'line'],
    [0, 'paragraph'],
    [0, 'paragraph']
  ]);
});

it('reads from right to left, where the next word stands to the left', () => {
  const found = runs([word('שלום', 100, 30), word('עולם', 60, 35), word('abc', 20, 20)]);
  expect(found.map(({ direction, gap }) => [direction, gap])).toEqual([
    ['rtl', 5],
    ['rtl', 20],
    ['ltr', 0]
  ]);
});

it('leaves no gap to a word that stands elsewhere', () => {
  const [far, back] = runs([word('a', 0, 10), word('b', 300, 10), word('c', 100, 10)]);
  expect([far!.gap, back!.gap]).toEqual([0, 0]);
});

it('takes a high box of several letters for a word that runs down', () => {
  const [turned, letter] = runs([word('axis', 5, 10, 0, 0, 40), word('l', 30, 3)]);
  expect([turned!.direction, letter!.direction]).toEqual(['down', 'ltr']);
});
