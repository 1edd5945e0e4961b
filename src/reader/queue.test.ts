import { expect, it, vi } from 'vitest';

import { Queue } from './queue';

const at = (rank: number, signal?: AbortSignal) => ({ rank: () => rank, ...(signal && { signal }) });
const cancelled = { code: 'cancelled' };

it('does what is most wanted first, one at a time', async () => {
  const queue = new Queue(1000);
  const done: number[] = [];
  let running = 0;
  const work = (rank: number) =>
    queue.add(async () => {
      expect(++running).toBe(1);
      await Promise.resolve();
      running--;
      done.push(rank);
      return rank;
    }, at(rank));
  await expect(Promise.all([3, 1, 2, 0].map(work))).resolves.toEqual([3, 1, 2, 0]);
  expect(done).toEqual([0, 1, 2, 3]);
});

it('asks for ranks when it is time', async () => {
  const queue = new Queue(1000);
  const done: string[] = [];
  let rank = 9;
  const first = queue.add(async () => void (rank = 0), at(1));
  const others = ['near', 'far'].map((name, place) =>
    queue.add(async () => void done.push(name), { rank: () => (place ? rank : 5) })
  );
  await Promise.all([first, ...others]);
  expect(done).toEqual(['far', 'near']);
});

it('does not begin what was called off', async () => {
  const queue = new Queue(1000);
  const stop = new AbortController();
  const work = vi.fn(async () => undefined);
  const first = queue.add(async () => stop.abort(), at(0));
  await expect(queue.add(work, at(1, stop.signal))).rejects.toMatchObject(cancelled);
  await expect(queue.add(work, at(1, stop.signal))).rejects.toMatchObject(cancelled);
  await first;
  expect(work).not.toHaveBeenCalled();
});

it('lets what was begun go on for a while, then ends it', async () => {
  vi.useFakeTimers();
  const queue = new Queue(1000);
  const stop = new AbortController();
  const ended = vi.fn();
  const long = queue.add(signal => new Promise<void>(resolve => signal.addEventListener('abort', () => resolve(ended()))), at(0, stop.signal));
  const next = queue.add(async () => 'next', at(1));
  await vi.advanceTimersByTimeAsync(5000);
  expect(ended).not.toHaveBeenCalled();
  stop.abort();
  await expect(long).rejects.toMatchObject(cancelled);
  await vi.advanceTimersByTimeAsync(900);
  expect(ended).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(200);
  expect(ended).toHaveBeenCalled();
  await expect(next).resolves.toBe('next');
  vi.useRealTimers();
});

it('goes on after a failure, and ends all when it is closed', async () => {
  const queue = new Queue(1000);
  await expect(queue.add(() => Promise.reject(new Error('no')), at(0))).rejects.toThrow('no');
  await expect(queue.add(async () => 1, at(0))).resolves.toBe(1);
  const waits = queue.add(async () => 2, at(0));
  queue.close();
  await expect(waits).rejects.toMatchObject(cancelled);
  await expect(queue.add(async () => 3, at(0))).rejects.toMatchObject(cancelled);
});
