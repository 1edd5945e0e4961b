import { expect, test } from 'vitest';

import type { Bridge } from './bridge';
import { pageBridge } from './page-bridge';

test('all front-ends of a page get one bridge, made when it is asked for', async () => {
  let made = 0;
  const make = async (): Promise<Bridge> => {
    if (++made === 1) {
      throw new Error('not yet');
    }
    return { number: made } as unknown as Bridge;
  };
  const first = pageBridge();
  const second = pageBridge(() => Promise.reject(new Error('not this one')));
  expect(second).toBe(first);
  expect(first.page).toMatch(/^[0-9a-f]{32}$/);
  expect(made).toBe(0);
  await expect(first.bridge()).rejects.toThrow('Nothing in this page');
  await expect(first.bridge(make)).rejects.toThrow('not yet');
  expect(await second.bridge(make)).toBe(await first.bridge());
  expect(await second.started).toBe(await first.bridge());
  expect(made).toBe(2);
});
