import { Worker } from 'node:worker_threads';
import { afterEach, expect, test } from 'vitest';

import { threadWorker } from '../node/thread';
import { Pool, type ExecOptions } from './pool';
import type { Request } from './protocol';

/** Answers with its thread's number and the arguments; some arguments have it do otherwise. */
const SCRIPT = `
  const { parentPort, threadId } = require('node:worker_threads');
  parentPort.on('message', ({ args: [what, milliseconds] }) => {
    if (what === 'spin') for (;;);
    if (what === 'throw') setTimeout(() => { throw new Error('out of order'); });
    else if (what === 'exit') process.exit(3);
    else if (what === 'fault') parentPort.postMessage({ fault: { code: 'malformed', message: 'cut', answered: true } });
    else setTimeout(() => parentPort.postMessage({ value: { what, threadId }, seconds: 0 }), milliseconds ?? 0);
  });`;

let spawned = 0;
let pools: Pool[] = [];

function pool(size: number, idleSeconds = 60): Pool {
  spawned = 0;
  const made = new Pool(
    () => {
      spawned++;
      return threadWorker(new Worker(SCRIPT, { eval: true }));
    },
    { size, idleSeconds }
  );
  pools.push(made);
  return made;
}

afterEach(() => {
  pools.forEach(made => made.close());
  pools = [];
});

function exec(on: Pick<Pool, 'exec'>, what: string, options: Partial<ExecOptions> & { wait?: number } = {}) {
  const request = {
    op: 'use',
    function: { interface: '', name: '' },
    args: [what, options.wait]
  } satisfies Request;
  return on.exec(request, { seconds: Infinity, ...options }) as Promise<{ value: { what: string; threadId: number } }>;
}

const pause = (milliseconds: number) => new Promise(resolve => setTimeout(resolve, milliseconds));

test('requests wait for their turn, first come first served', async () => {
  const one = pool(1);
  const done: string[] = [];
  const all = ['a', 'b', 'c', 'd', 'e', 'f'];
  await Promise.all(all.map(what => exec(one, what, { wait: 5 }).then(({ value }) => done.push(value.what))));
  expect(done).toEqual(all);
  expect(spawned).toBe(1);
});

test('as many run at a time as there are workers', async () => {
  const two = pool(2);
  const calls = Array.from({ length: 10 }, (_, index) => exec(two, String(index), { wait: 5 }));
  await pause(0);
  expect(two.workers.busy).toBe(2);
  expect(new Set((await Promise.all(calls)).map(({ value }) => value.threadId)).size).toBe(2);
  expect(spawned).toBe(2);
  expect(two.workers).toEqual({ busy: 0, idle: 2, leased: 0 });
});

test('one who comes while others wait does not pass them', async () => {
  const one = pool(1);
  const order: string[] = [];
  const first = exec(one, 'first').then(() => {
    order.push('first');
    // The turn is the second's already.
    return exec(one, 'third').then(() => order.push('third'));
  });
  const second = exec(one, 'second', { wait: 20 }).then(() => order.push('second'));
  await Promise.all([first, second]);
  expect(order).toEqual(['first', 'second', 'third']);
});

test('an abort terminates the worker, and a fresh one takes its place', async () => {
  const one = pool(1);
  const before = (await exec(one, 'x')).value.threadId;
  const controller = new AbortController();
  const endless = exec(one, 'spin', { signal: controller.signal });
  const waiting = exec(one, 'after');
  await pause(50);
  controller.abort();
  await expect(endless).rejects.toMatchObject({ name: 'CancelledError', code: 'cancelled' });
  expect((await waiting).value.threadId).not.toBe(before);
  expect(spawned).toBe(2);
});

test('one who waits can be aborted, and harms nobody', async () => {
  const one = pool(1);
  const controller = new AbortController();
  const running = exec(one, 'running', { wait: 100 });
  const waiting = exec(one, 'waiting', { signal: controller.signal });
  const later = exec(one, 'later');
  controller.abort();
  await expect(waiting).rejects.toMatchObject({ code: 'cancelled' });
  expect((await running).value.what).toBe('running');
  expect((await later).value.what).toBe('later');
  expect(spawned).toBe(1);
});

test('a signal that is aborted already starts nothing', async () => {
  const one = pool(1);
  await expect(exec(one, 'x', { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'cancelled' });
  expect(spawned).toBe(0);
});

test('time is limited, from when a worker takes a request up', async () => {
  const one = pool(1);
  const slow = exec(one, 'slow', { wait: 1500 });
  const quick = exec(one, 'quick', { seconds: 1.2 });
  expect((await slow).value.what).toBe('slow');
  expect((await quick).value.what).toBe('quick');
  await expect(exec(one, 'spin', { seconds: 0.05 })).rejects.toMatchObject({
    code: 'limit-exceeded',
    message: expect.stringContaining('0.05 seconds') as string
  });
  expect((await exec(one, 'next', { seconds: 1e12 })).value.what).toBe('next');
});

test.each(['throw', 'exit'])('a worker that breaks (%s) is an error and is replaced', async how => {
  const one = pool(1);
  await expect(exec(one, how)).rejects.toMatchObject({
    code: 'trapped',
    message: expect.stringMatching(/out of order|status 3/) as string
  });
  expect((await exec(one, 'next')).value.what).toBe('next');
  expect(spawned).toBe(2);
});

test('what the worker answers is thrown, and the worker stays', async () => {
  const one = pool(1);
  await expect(exec(one, 'fault')).rejects.toMatchObject({ name: 'MalformedError', message: 'cut', answered: true });
  await exec(one, 'next');
  expect(spawned).toBe(1);
});

test('a worker without work is ended after a while', async () => {
  const one = pool(1, 0.05);
  const first = (await exec(one, 'x')).value.threadId;
  expect(one.workers.idle).toBe(1);
  await expect.poll(() => one.workers.idle).toBe(0);
  expect((await exec(one, 'y')).value.threadId).not.toBe(first);
});

test('a lease is beside the size, and its worker comes back', async () => {
  const one = pool(1);
  const leased = one.lease();
  const [a, b] = await Promise.all([exec(leased, 'leased', { wait: 50 }), exec(one, 'other')]);
  expect(a.value.threadId).not.toBe(b.value.threadId);
  expect(one.workers).toEqual({ busy: 0, idle: 1, leased: 1 });
  one.release(leased);
  one.release(leased);
  expect(one.workers).toEqual({ busy: 0, idle: 1, leased: 0 });
});

test('a lease that comes back gives its turn to nobody', async () => {
  const one = pool(1);
  const leased = one.lease();
  const calls = [exec(one, 'running', { wait: 50 }), exec(one, 'waiting')];
  await pause(0);
  one.release(leased);
  await pause(0);
  expect(one.workers).toEqual({ busy: 1, idle: 1, leased: 0 });
  await Promise.all(calls);
});

test('where no worker can be had, nobody waits for ever', async () => {
  let tries = 0;
  const broken = new Pool(
    () => {
      if (tries++ === 0) {
        return threadWorker(new Worker(SCRIPT, { eval: true }));
      }
      throw new Error('no more workers');
    },
    { size: 1, idleSeconds: 60 }
  );
  pools.push(broken);
  const all = await Promise.allSettled(['exit', 'a', 'b'].map(what => exec(broken, what)));
  expect(all.map(one => one.status)).toEqual(['rejected', 'rejected', 'rejected']);
  expect(tries).toBe(3);
});

test('closing ends what runs, what waits and what comes', async () => {
  const one = pool(1);
  const calls = [exec(one, 'spin'), exec(one, 'waiting')];
  await pause(20);
  one.close();
  for (const call of [...calls, exec(one, 'late')]) {
    await expect(call).rejects.toMatchObject({ name: 'ClosedError', code: 'closed' });
  }
});
