import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';
import { afterAll, expect, test } from 'vitest';

import { threadWorker } from '../node/thread';
import { Bridge } from './bridge';
import type { Description } from './description';
import type { Home } from './home';
import type { FileRef, ResourceRef } from './values';
import { WorkersHome } from './workers';

// The built worker and the built module: what ships.
const built = new URL('../../wasmcell/', import.meta.url);
const spawn = () => threadWorker(new Worker(new URL('static/node-worker.mjs', built)));
const bridge = Bridge.over(new WorkersHome(spawn, { size: 2 }));
const add = (name: string): Description => {
  const description = JSON.parse(readFileSync(new URL(`modules/${name}.json`, built), 'utf8')) as Description;
  const bytes = async () => new Uint8Array(await readFile(new URL(`modules/${name}.wasm`, built)));
  bridge.modules.add({ description, bytes });
  return description;
};
const echo = add('echo');
add('image');
afterAll(() => bridge.close());

test('a call gives the value and how long it took', async () => {
  const { value, seconds } = await bridge.call('echo', 'echo-string', ['ü']);
  expect(value).toBe('ü');
  expect(seconds).toBeGreaterThan(0);
  expect(bridge.loaded()).toMatchObject([{ name: 'echo', sha256: echo.sha256 }]);
});

test('a stretch of a pipeline runs as one call', async () => {
  const photo = new Uint8Array(readFileSync(new URL('../../examples/media/photo.jpg', import.meta.url)));
  const { value } = await bridge.run('image', photo, {
    steps: [{ tag: 'resize', val: { width: 96 } }, { tag: 'rotate', val: { degrees: 90 } }],
    output: { tag: 'png', val: {} }
  });
  // 3872 × 2592 at a width of 96 is 64.26 high; turned, the sides change places (PNG: IHDR from byte 16 on).
  const header = new DataView(value.buffer, value.byteOffset);
  expect([header.getUint32(16), header.getUint32(20)]).toEqual([64, 96]);
});

test('each call has an instance of its own; a session keeps one', async () => {
  const calls = async () => (await bridge.call('echo', 'calls', [])).value;
  const fresh = await calls();
  expect(await calls()).toBe(fresh);
  const session = await bridge.session('echo');
  const { value: first } = await session.call<number>('calls', []);
  expect((await session.call('calls', [])).value).toBe(first + 1);
  await session.close();
  await session.close();
  await expect(session.call('calls', [])).rejects.toMatchObject({ code: 'closed' });
});

test('resources live in their session', async () => {
  const session = await bridge.session('echo');
  const make = async (start: number) => (await session.call<ResourceRef>('[constructor]counter', [start])).value;
  const [two, three] = [await make(2), await make(3)];
  expect((await session.call('[method]counter.add', [two, 5])).value).toBe(7);
  const { value: merged } = await session.call('[static]counter.merge', [two, three]);
  expect((await session.call('[method]counter.value', [merged])).value).toBe(10);
  await expect(session.call('[method]counter.value', [two])).rejects.toMatchObject({ code: 'closed' });
  await session.drop(two);
  const ended = (await session.call<number>('ended', [])).value;
  await session.drop(three);
  await session.drop(three);
  expect((await session.call('ended', [])).value).toBe(ended + 1);
  await session.close();
});

test('a resource cannot leave a fresh instance', async () => {
  await expect(bridge.call('echo', '[constructor]counter', [1])).rejects.toMatchObject({
    code: 'invalid-argument',
    answered: false
  });
});

test.each([
  ['malformed', 'MalformedError'],
  ['unsupported', 'UnsupportedError'],
  ['invalid-argument', 'InvalidArgumentError'],
  ['limit-exceeded', 'LimitExceededError']
])('the error %s is a %s with the text of the module', async (kind, name) => {
  await expect(bridge.call('echo', 'fail', [kind, 'its text'])).rejects.toMatchObject({
    name,
    code: kind,
    message: 'its text',
    answered: true
  });
});

test('an error of a type of its own comes as a value', async () => {
  await expect(bridge.call('echo', 'answer-both', [false, { x: 1, y: 2 }])).rejects.toMatchObject({
    code: 'result',
    value: { tag: 'dot', val: { x: 1, y: 2 } }
  });
  await expect(bridge.call('echo', 'answer', [false])).rejects.toMatchObject({ code: 'result', value: undefined });
});

test('a trap spoils its session alone', async () => {
  const session = await bridge.session('echo');
  await expect(session.call('trap', [])).rejects.toMatchObject({ code: 'trapped' });
  await expect(session.call('nothing', [])).rejects.toMatchObject({
    code: 'trapped',
    message: expect.stringContaining('earlier error') as string
  });
  await session.close();
  await expect(bridge.call('echo', 'recurse', [2 ** 32 - 1])).rejects.toMatchObject({ code: 'trapped' });
  expect((await bridge.call('echo', 'echo-u8', [3])).value).toBe(3);
});

test('a session that works can be closed', async () => {
  const session = await bridge.session('echo');
  const endless = session.call('spin', []);
  const next = session.call('nothing', []);
  await new Promise(resolve => setTimeout(resolve, 50));
  await session.close();
  await expect(endless).rejects.toMatchObject({ code: 'closed' });
  await expect(next).rejects.toMatchObject({ code: 'closed' });
});

test('what is none of our modules does not run, whatever its name and description', async () => {
  const source = JSON.parse(readFileSync(new URL('modules/echo.json', built), 'utf8')) as Description;
  const component = new Uint8Array(readFileSync(new URL('modules/echo.wasm', built)));
  // The name of an export that nobody has to have: the module is as sound as before.
  const [core] = source.core.modules as [{ offset: number; size: number }];
  const at = Buffer.from(component).indexOf('wasmcell-refused', core.offset);
  expect(at).toBeGreaterThan(core.offset);
  component[at] = 'W'.charCodeAt(0);
  const sha256 = createHash('sha256').update(component).digest('hex');
  bridge.modules.add({ description: { ...source, sha256 }, bytes: async () => component });
  await expect(bridge.call(sha256, 'echo-string', ['ü'])).rejects.toMatchObject({
    code: 'module',
    message: expect.stringContaining('no glue for this module echo') as string
  });
  expect((await bridge.call('echo', 'echo-string', ['ü'])).value).toBe('ü');
});

test('a module that could not be handed over is handed over again', async () => {
  let hands = 0;
  const home = {
    load: async () => {
      if (++hands === 1) {
        throw new Error('out of order');
      }
    },
    call: async () => ({ value: hands, seconds: 0 })
  };
  const other = Bridge.over(home as unknown as Home);
  const bytes = async () => new Uint8Array(await readFile(new URL('modules/echo.wasm', built)));
  other.modules.add({ description: echo, bytes });
  await expect(other.call('echo', 'nothing', [])).rejects.toThrow('out of order');
  await other.call('echo', 'nothing', []);
  expect((await other.call('echo', 'nothing', [])).value).toBe(2);
});

test('with a kernel go the files that it alone could name', async () => {
  const forgotten: number[] = [];
  const other = Bridge.over({ forget: async ({ $file }: FileRef) => void forgotten.push($file) } as unknown as Home);
  const file = ($file: number): FileRef => ({ $file, name: 'a.png', size: 1, type: '' });
  other.name('one', file(1));
  other.name('one', file(2));
  other.name('two', file(3));
  await other.forget(file(2));
  other.abandon('one');
  other.abandon('one');
  expect(forgotten).toEqual([2, 1]);
  other.abandon('two');
  expect(forgotten).toEqual([2, 1, 3]);
});

test('memory stays within its limit', async () => {
  const asked = (memory: number) => bridge.call('echo', 'try-allocate', [2 ** 27], { limits: { memory } });
  expect((await asked(2 ** 28)).value).toBe(true);
  expect((await asked(2 ** 26)).value).toBe(false);
});

test("limits are Python's unless told", async () => {
  const python = await readFile(new URL('engines/limits.py', built), 'utf8');
  const bridgeText = await readFile(new URL('./bridge.ts', import.meta.url), 'utf8');
  const [, gib, seconds] = /DEFAULT_MEMORY: Final = (\d+) \* GIB\nDEFAULT_SECONDS: Final = ([\d.]+)/.exec(python)!;
  expect(bridgeText).toContain(`memory: ${gib} * 2 ** 30, seconds: ${Number(seconds)}`);
});

test('crossings are recorded with their bytes', async () => {
  const before = bridge.ledger.crossings.length;
  await bridge.call('echo', 'fill', [1000, 1]);
  expect(bridge.ledger.crossings.slice(before)).toMatchObject([
    { from: 'page', to: 'workers', what: 'echo fill', bytes: 0 },
    { from: 'workers', to: 'page', what: 'echo fill', bytes: 1000 }
  ]);
});
