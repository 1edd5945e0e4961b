import { expect, test } from 'vitest';

import { Ledger } from './ledger';

test('it keeps every crossing, tells observers, and sums', () => {
  const ledger = new Ledger();
  ledger.record('page', 'vault', 'a', 10);
  const seen: string[] = [];
  const stop = ledger.observe(({ what }) => seen.push(what));
  ledger.record('page', 'vault', 'b', 5);
  ledger.record('vault', 'kernel', 'c', 7);
  stop();
  ledger.record('vault', 'page', 'd', 1);
  expect(seen).toEqual(['b', 'c']);
  expect(ledger.crossings.map(({ what }) => what)).toEqual(['a', 'b', 'c', 'd']);
  expect(ledger.total('page', 'vault')).toBe(15);
  expect(ledger.total('kernel', 'page')).toBe(0);
});

test('a crossing cannot be changed afterwards', () => {
  const ledger = new Ledger();
  ledger.record('page', 'vault', 'a', 10);
  expect(() => Object.assign(ledger.crossings[0]!, { bytes: 0 })).toThrow(TypeError);
});
