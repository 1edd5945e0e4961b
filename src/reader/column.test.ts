import { expect, it } from 'vitest';

import { Column } from './column';

// Tops at 10, 120, 180 and 690.
const column = new Column([100, 50, 500, 20], 10);

it('has a gap before each box and after the last', () => {
  expect([0, 1, 2, 3].map(index => column.top(index))).toEqual([10, 120, 180, 690]);
  expect(column.bottom(2)).toBe(680);
  expect(column.height).toBe(720);
});

it.each([
  [-50, 0],
  [0, 0],
  [119, 0],
  [120, 1],
  [179.9, 1],
  [680, 2],
  [690, 3],
  [9999, 3]
])('at %d is box %d', (y, index) => {
  expect(column.at(y)).toBe(index);
});

it('knows the boxes between two heights', () => {
  expect(column.range(115, 185)).toEqual([0, 2]);
  expect(column.range(-100, 50)).toEqual([0, 0]);
});

it.each([
  // All of the first is seen, and all of the second: the first of equals.
  [0, 175, 0],
  // Of the first 20 of 100, of the second all.
  [90, 180, 1],
  // The third is higher than the view, and fills 65 of its 100; of the second 25 of 50 are seen.
  [145, 245, 2],
  [200, 300, 2],
  // The end: the last is seen whole, the third fills 70 of 120.
  [600, 720, 3]
])('between %d and %d, box %d is the main one', (top, bottom, index) => {
  expect(column.main(top, bottom)).toBe(index);
});
