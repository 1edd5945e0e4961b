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

/** A worker of a module that reads: its errors quote what it read. */
const READER = `
  const { parentPort } = require('node:worker_threads');
  parentPort.on('message', ({ op, function: called }) => {
    const fault = { code: 'invalid-argument', message: 'no page has the words TOP SECRET', answered: true };
    const own = { code: 'result', message: 'see value', answered: true, value: 'TOP SECRET' };
    const begins = { code: 'malformed', message: 'the file begins with TOP SECRET', answered: true };
    const trap = { code: 'trapped', message: 'The module trapped: unreachable.' };
    const argument = { code: 'argument-type', message: '"TOP SECRET" is not one of the cases of fit' };
    const fails = { argument, begins, fail: fault, 'fail-otherwise': own, trap };
    if (op === 'drop') return parentPort.postMessage({ fault: trap });
    parentPort.postMessage(fails[called?.name] ? { fault: fails[called.name] } : { value: new Uint8Array([1, 2]), seconds: 0 });
  });`;

/** Of no core modules. */
const GLUE = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
const functions = ['run', 'fail', 'begins', 'fail-otherwise', 'trap', 'argument'].map(name => `wasmcell:demo/demo#${name}`);
const places = Object.fromEntries([...functions, 'wasmcell:demo/demo#text'].map(name => [name, ['0', '0.*.(append).file']]));

/** A home whose module `demo` may do `run` and its like with secret files, one of which is there. */
async function reader(words = false): Promise<FileRef> {
  home = new WorkersHome(() => threadWorker(new Worker(READER, { eval: true })), { size: 1 }, { [GLUE]: { functions, places, words } });
  // What the page says of a module is nobody's word.
  await home.load({ description: { module: 'image', sha256: 'x' } as Description, cores: [] });
  const { port1, port2 } = new MessageChannel();
  void home.view(port2, new AbortController().signal);
  const file = await new Caller<DeskMethod>(port1).call<FileRef>('put', [new Blob(['abc']), 'secret.pdf', '']);
  port1.close();
  return file;
}

const target = { sha256: 'x', memory: 65536 };
const asked = (name: string, ...args: unknown[]) => ({ function: { interface: 'wasmcell:demo/demo', name }, args, seconds: 5 });
const refused = { code: 'refused', message: expect.stringContaining('secret.pdf is private') as string };

test('of a secret file files are made, which are secret, and nothing is told', async () => {
  const file = await reader();
  const { value } = await home.call(target, asked('run', file));
  expect(value).toMatchObject({ name: 'secret.pdf', size: 2 });
  await expect(home.pull(value as FileRef)).rejects.toMatchObject({ code: 'refused' });
  await expect(home.call(target, asked('text', file))).rejects.toMatchObject(refused);
  // Within options, too.
  await expect(home.call(target, asked('text', [{ tag: 'append', val: { file } }]))).rejects.toMatchObject(refused);
  const plain = await home.put(new Blob(['abc']), 'open.pdf');
  await expect(home.call(target, asked('text', plain))).resolves.toMatchObject({ value: new Uint8Array([1, 2]) });
});

test('what would tell of a secret file can be kept as one, whose size tells nothing', async () => {
  const file = await reader();
  const { value } = await home.call(target, { ...asked('text', file), keep: 'report.json' });
  expect(value).toMatchObject({ name: 'report.json', size: 65536 });
  await expect(home.pull(value as FileRef)).rejects.toMatchObject({ code: 'refused' });
  const { port1, port2 } = new MessageChannel();
  void home.view(port2, new AbortController().signal);
  const blob = await new Caller<DeskMethod>(port1).call<Blob>('blob', [value]);
  port1.close();
  expect(JSON.parse(await blob.text())).toEqual([1, 2]);
});

test('a module of another build has no secret files', async () => {
  const file = await reader();
  const empty = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0);
  await home.load({ description: { module: 'demo', sha256: 'y' } as Description, cores: [empty] });
  const other = { sha256: 'y', memory: 65536 };
  await expect(home.call(other, asked('run', file))).rejects.toMatchObject({ ...refused, message: expect.stringContaining('demo run') as string });
});

test('a session that had a secret file tells nothing from then on', async () => {
  const file = await reader();
  const session = await home.open(target, 5);
  await expect(home.use(session, asked('text'))).resolves.toMatchObject({ value: new Uint8Array([1, 2]) });
  await expect(home.use(session, asked('text', file))).rejects.toMatchObject(refused);
  await home.use(session, asked('run', file));
  await expect(home.use(session, asked('text'))).rejects.toMatchObject(refused);
  await expect(home.use(session, asked('run'))).resolves.toMatchObject({ value: { name: 'secret.pdf' } });
});

test('errors over a secret file are in general words, unless the module is known to quote none', async () => {
  const file = await reader();
  const general = (code: string) => ({ code, value: undefined, message: expect.not.stringContaining('TOP') as string });
  await expect(home.call(target, asked('fail', file))).rejects.toMatchObject(general('invalid-argument'));
  await expect(home.call(target, asked('fail-otherwise', file))).rejects.toMatchObject(general('result'));
  await expect(home.call(target, asked('trap', file))).rejects.toMatchObject(general('trapped'));
  await expect(home.call(target, asked('argument', file))).rejects.toMatchObject(general('argument-type'));
  await expect(home.call(target, asked('fail'))).rejects.toMatchObject({ message: expect.stringContaining('TOP') as string });
  home.dispose();
  const other = await reader(true);
  await expect(home.call(target, asked('fail', other))).rejects.toMatchObject({ message: expect.stringContaining('TOP') as string });
  // What it says of the file itself, and what glue and engine say, is nobody's to tell.
  for (const name of ['argument', 'begins', 'trap', 'fail-otherwise']) {
    await expect(home.call(target, asked(name, other))).rejects.toMatchObject({ message: expect.not.stringContaining('TOP') as string });
  }
});

test('a session with a secret file tells nothing when it fails otherwise', async () => {
  const file = await reader();
  const session = await home.open(target, 5);
  await home.use(session, asked('run', file));
  await expect(home.use(session, asked('argument'))).rejects.toMatchObject({ message: expect.not.stringContaining('TOP') as string });
  await expect(home.drop(session, 1)).rejects.toMatchObject({ message: expect.not.stringContaining('TOP') as string });
});

test('a secret file can stand only where a function takes bytes', async () => {
  const file = await reader(true);
  const astray = { code: 'argument-type', message: expect.stringContaining('takes none') as string };
  for (const [value, place] of [
    [{ fit: file }, '0.fit'],
    [[file], '0.*'],
    [{ tag: 'append', val: file }, '0.(append)'],
    [[{ tag: 'other', val: { file } }], '0.*.(other).file'],
    [[{ tag: 'append', val: { file }, file }], '0.*.file']
  ] as const) {
    await expect(home.call(target, asked('run', value))).rejects.toMatchObject(astray);
    await expect(home.call(target, asked('run', value))).rejects.toThrow(`at ${place} of`);
    await expect(home.call(target, { ...asked('text', value), keep: 'x' })).rejects.toMatchObject(astray);
  }
  await expect(home.call(target, asked('run', [{ tag: 'append', val: { file } }]))).resolves.toMatchObject({ value: { size: 2 } });
});

test('a view may ask anything of a secret file, in a session of its own', async () => {
  const session = await open('nothing', 5);
  const { port1, port2 } = new MessageChannel();
  const parted = new AbortController();
  const ended = home.view(port2, parted.signal);
  const desk = new Caller<DeskMethod>(port1);
  const file = await desk.call<FileRef>('put', [new Blob(['abc']), 'secret.pdf', '']);
  const own = await desk.call<number>('open', [target, 5]);
  await expect(desk.call('use', [own, 'text', [file], 5])).resolves.toMatchObject({ value: undefined });
  // To the page its number means nothing, or another session, which refuses.
  await expect(home.use(session, asked('text', file))).rejects.toMatchObject(refused);
  await expect(home.use(session + 1, asked('text', file))).rejects.toMatchObject({ code: 'closed' });
  // It ends with the view.
  expect((await home.status()).workers.leased).toBe(2);
  parted.abort();
  await ended;
  await expect.poll(async () => (await home.status()).workers.leased).toBe(1);
  port1.close();
});
