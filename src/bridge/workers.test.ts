import { Worker } from 'node:worker_threads';
import { afterEach, expect, test } from 'vitest';

import { threadWorker } from '../node/thread';
import type { Description } from './description';
import { WorkersHome } from './workers';

/** A worker that does not come back from one operation. */
const SCRIPT = `
  const { parentPort, workerData } = require('node:worker_threads');
  parentPort.on('message', ({ op }) => {
    if (op === workerData) for (;;);
    parentPort.postMessage({ value: undefined, seconds: 0 });
  });`;

let home: WorkersHome;
afterEach(() => home.dispose());

async function open(spins: string, seconds: number): Promise<number> {
  home = new WorkersHome(() => threadWorker(new Worker(SCRIPT, { eval: true, workerData: spins })), { size: 1 });
  await home.load({ description: { module: 'demo', sha256: 'x' } as Description, cores: [] });
  return home.open({ sha256: 'x', memory: 65536 }, seconds);
}

const late = { code: 'limit-exceeded', message: expect.stringContaining('0.5 seconds') as string };

test('a start without end is ended', async () => {
  await expect(open('open', 0.5)).rejects.toMatchObject(late);
});

test('a destructor without end is ended, and the session with it', async () => {
  const session = await open('drop', 0.5);
  await expect(home.drop(session, 1)).rejects.toMatchObject(late);
  await expect(home.drop(session, 2)).rejects.toMatchObject({ code: 'trapped' });
  await home.close(session);
});

test('a close without end is ended', async () => {
  const session = await open('close', 0.5);
  await expect(home.close(session)).rejects.toMatchObject(late);
  await home.close(session);
});
