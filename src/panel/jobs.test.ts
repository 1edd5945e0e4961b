import { expect, test } from 'vitest';

import type { Trace } from '../bridge';
import { inOrder, seconds } from './jobs';

test('what runs comes first, then the latest', () => {
  const traces = ['done', 'running', 'failed', 'running', 'done'].map((state, id) => ({ id, state }) as Trace);
  expect(inOrder(traces).map(({ id }) => id)).toEqual([3, 1, 4, 2, 0]);
});

test.each([
  [0.9, '0 s'],
  [59.99, '59 s'],
  [60, '1:00 min'],
  [725, '12:05 min']
])('%d seconds are %s', (passed, text) => {
  expect(seconds(passed)).toBe(text);
});
