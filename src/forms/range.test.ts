import { expect, it } from 'vitest';

import type { Parameter } from './parameters';
import { hasSlider, placeOf, valueAt } from './range';

const parameter = (kind: 'integer' | 'float', low: number, high: number): Parameter =>
  ({ kind, low, high, choices: [] }) as unknown as Parameter;

it.each([
  ['integer', 1, 100],
  ['integer', 0, 9],
  ['integer', 1, 65535],
  ['float', 0.1, 250],
  ['float', 0, 10]
] as const)('%s from %d to %d: the slider reaches all of it, and finds its place again', (kind, low, high) => {
  const one = parameter(kind, low, high);
  expect([valueAt(one, 0), valueAt(one, 1)]).toEqual([low, high]);
  for (const place of [0.1, 0.35, 0.5, 0.9]) {
    const value = valueAt(one, place);
    expect(valueAt(one, placeOf(one, value))).toBe(value);
  }
});

it('is only where a range has ends', () => {
  expect(hasSlider(parameter('integer', 1, 100))).toBe(true);
  expect(hasSlider(parameter('float', 0, Infinity))).toBe(false);
  expect(hasSlider(parameter('integer', 0, 2 ** 32 - 1))).toBe(false);
});
