import { Worker } from 'node:worker_threads';
import { afterEach, expect, test } from 'vitest';

import { threadWorker } from '../node/thread';
import type { Description } from './description';
import type { DeskMethod } from './desk';
import { Caller } from './rpc';
import type { FileRef } from './values';
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
  const interfaces = [{ name: 'wasmcell:demo/demo', functions: [{ name: 'text' }] }];
  await home.load({ description: { module: 'demo', sha256: 'x', interfaces } as unknown as Description, cores: [] });
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

test('a secret file is for modules that tell nothing of it', async () => {
  const session = await open('nothing', 5);
  const { port1, port2 } = new MessageChannel();
  const parted = new AbortController();
  void home.view(port2, parted.signal); // it ends when the view does
  const file = await new Caller<DeskMethod>(port1).call<FileRef>('put', [new Blob(['abc']), 'secret.pdf', '']);
  const call = { function: { interface: 'wasmcell:demo/demo', name: 'text' }, args: [file], seconds: 5 };
  const refused = { code: 'refused', message: expect.stringContaining('secret.pdf is private') as string };
  await expect(home.call({ sha256: 'x', memory: 65536 }, call)).rejects.toMatchObject(refused);
  await expect(home.use(session, call)).rejects.toMatchObject(refused);
  const plain = await home.put(new Blob(['abc']), 'open.pdf');
  await expect(home.use(session, { ...call, args: [plain] })).resolves.toMatchObject({ value: undefined });
  port1.close();
});

test('a view may ask anything of a secret file, in a session of its own', async () => {
  const session = await open('nothing', 5);
  const { port1, port2 } = new MessageChannel();
  const parted = new AbortController();
  const ended = home.view(port2, parted.signal);
  const desk = new Caller<DeskMethod>(port1);
  const file = await desk.call<FileRef>('put', [new Blob(['abc']), 'secret.pdf', '']);
  const target = { sha256: 'x', memory: 65536 };
  const own = await desk.call<number>('open', [target, 5]);
  await expect(desk.call('use', [own, 'text', [file], 5])).resolves.toMatchObject({ value: undefined });
  // To the page its number means nothing, or another session, which refuses.
  const call = { function: { interface: 'wasmcell:demo/demo', name: 'text' }, args: [file], seconds: 5 };
  await expect(home.use(session, call)).rejects.toMatchObject({ code: 'refused' });
  await expect(home.use(session + 1, call)).rejects.toMatchObject({ code: 'closed' });
  // It ends with the view.
  expect((await home.status()).workers.leased).toBe(2);
  parted.abort();
  await ended;
  await expect.poll(async () => (await home.status()).workers.leased).toBe(1);
  port1.close();
});
