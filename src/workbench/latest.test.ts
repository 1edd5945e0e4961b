import { afterEach, expect, it, vi } from 'vitest';

import { Latest } from './latest';

afterEach(() => vi.useRealTimers());

/** Work that ends when it is told to, or called off. */
function setUp(patience = 1000) {
  const begun: string[] = [];
  const ended: string[] = [];
  let finish = (): void => undefined;
  const latest = new Latest<string>(
    (name, signal) =>
      new Promise(resolve => {
        begun.push(name);
        finish = () => {
          ended.push(signal.aborted ? `${name} called off` : name);
          resolve();
        };
        signal.addEventListener('abort', finish);
      }),
    patience
  );
  return { latest, begun, ended, finish: async () => (finish(), await Promise.resolve(), await Promise.resolve()) };
}

it('does one thing at a time, then the newest', async () => {
  const { latest, begun, ended, finish } = setUp();
  ['a', 'b', 'c', 'd'].forEach(name => latest.want(name));
  expect(begun).toEqual(['a']);
  expect(latest.waits).toBe(true);
  await finish();
  expect([begun, ended, latest.waits]).toEqual([['a', 'd'], ['a'], false]);
  await finish();
  latest.want('e');
  expect(begun).toEqual(['a', 'd', 'e']);
});

it('calls off what takes long once something newer is wanted', async () => {
  vi.useFakeTimers();
  const { latest, begun, ended } = setUp(1000);
  latest.want('slow');
  await vi.advanceTimersByTimeAsync(5000);
  expect(ended).toEqual([]);
  latest.want('b');
  await vi.advanceTimersByTimeAsync(900);
  latest.want('c');
  expect(ended).toEqual([]);
  await vi.advanceTimersByTimeAsync(200);
  expect([begun, ended]).toEqual([['slow', 'c'], ['slow called off']]);
});

it('stops', async () => {
  const { latest, begun, ended } = setUp();
  latest.want('a');
  latest.want('b');
  latest.stop();
  await Promise.resolve();
  expect([begun, ended]).toEqual([['a'], ['a called off']]);
});
