import { expect, test, vi } from 'vitest';

import { FileStore, MAX_FILE } from './files';
import type { FileRef } from './values';

const files = new FileStore();
const refused = { code: 'refused', name: 'RefusedError' };

test('what the page put in it gets back', async () => {
  const file = files.put(new Blob(['abc']), 'a.txt');
  expect(await files.read(file)).toEqual(new TextEncoder().encode('abc'));
  expect(await files.read(file, 1, 2)).toEqual(new TextEncoder().encode('b'));
});

test('a secret file is read by leave alone, as often as leave was given', async () => {
  const file = files.put(new Blob(['abc']), 'a.txt', { secret: true, type: 'text/plain' });
  expect(file).toMatchObject({ name: 'a.txt', size: 3, type: 'text/plain' });
  await expect(files.read(file)).rejects.toMatchObject(refused);
  files.leave(file, true);
  files.leave(file, true);
  expect(await files.read(file)).toHaveLength(3);
  files.leave(file, false);
  expect(await files.read(file)).toHaveLength(3);
  files.leave(file, false);
  files.leave(file, true);
  files.leave(file, false);
  await expect(files.read(file)).rejects.toMatchObject(refused);
  files.leave(file, true);
  expect(await files.read(file)).toHaveLength(3);
});

test('a leave ends when the file was read, or when nobody reads it', async () => {
  const file = files.put(new Blob(['abcdef']), 'a.txt', { secret: true });
  files.leave(file, true);
  expect(await files.read(file, 0, 4)).toHaveLength(4);
  await expect(files.read(file, 0, 4)).rejects.toMatchObject(refused);
  expect(await files.read(file, 4, 6)).toHaveLength(2);
  await expect(files.read(file, 5, 6)).rejects.toMatchObject(refused);
  files.leave(file, true);
  vi.setSystemTime(Date.now() + 61_000);
  await expect(files.read(file, 0, 1)).rejects.toMatchObject(refused);
  vi.useRealTimers();
});

test('files cannot be guessed, and are what they are, whatever is said of them', () => {
  const numbers = [1, 2, 3].map(() => files.put(new Blob(['abc']), 'a.txt', { secret: true }).$file);
  expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
  expect(new Set(numbers.slice(1).map((number, at) => number - numbers[at]!)).size).toBe(2);
  const file = files.put(new Blob(['abc']), 'passport.png', { secret: true, type: 'image/png' });
  expect(files.about({ ...file, name: 'cat.png', size: 1, type: '' })).toEqual({ ...file, madeOf: [] });
});

test('what is made of a secret file is secret', async () => {
  const open = files.put(new Blob(['abc']), 'open');
  const hidden = files.put(new Blob(['def']), 'hidden', { secret: true });
  expect((await files.resolve([open])).secrets).toEqual([]);
  const { args, secrets } = await files.resolve([open, { deep: [hidden] }, 7]);
  expect(args).toEqual([new TextEncoder().encode('abc'), { deep: [new TextEncoder().encode('def')] }, 7]);
  expect(secrets).toEqual(['hidden']);
  const kept = files.keep({ tag: 'file', val: new Uint8Array(4) }, 'made', secrets) as { val: FileRef };
  expect(kept.val).toMatchObject({ name: 'made', size: 4 });
  await expect(files.read(kept.val)).rejects.toMatchObject(refused);
});

test('of what a result was made, the store tells, and not who asks', async () => {
  const one = files.put(new Blob(['abc']), 'passport.png', { secret: true });
  const other = files.put(new Blob(['def']), 'face.png', { secret: true });
  const made = async (from: readonly FileRef[], name: string): Promise<FileRef> => {
    const { secrets } = await files.resolve(from.map(file => ({ ...file, name: 'cat.png' })));
    return files.keep(new Uint8Array(4), name, secrets) as FileRef;
  };
  const first = await made([one], 'kitten.png');
  expect(files.about(first)).toMatchObject({ name: 'kitten.png', size: 4, madeOf: ['passport.png'] });
  const second = await made([other, first, one], 'kitten.png');
  expect(files.about(second).madeOf).toEqual(['face.png', 'passport.png']);
});

test('a file that is chosen again can be read again, under its own number', async () => {
  const moved = { size: 3, type: '', slice: () => moved, arrayBuffer: () => Promise.reject(new Error('moved')) } as unknown as Blob;
  const file = files.put(moved, 'a.txt', { secret: true });
  files.leave(file, true);
  await expect(files.read(file)).rejects.toMatchObject({ code: 'closed' });
  const again = files.put(new Blob(['abc']), 'a.txt', { secret: true });
  files.renew(file, again);
  files.leave(file, true);
  expect(await files.read(file)).toEqual(new TextEncoder().encode('abc'));
  expect(() => files.blob(again)).toThrow('not kept any more');
});

test('a file that is gone, or too large, is said to be so', async () => {
  const file = files.put(new Blob(['abc']), 'gone.txt');
  files.forget(file);
  await expect(files.read(file)).rejects.toMatchObject({ code: 'closed' });
  const large = files.put({ size: MAX_FILE + 1, type: '' } as Blob, 'large.tif');
  await expect(files.resolve([large])).rejects.toMatchObject({
    code: 'limit-exceeded',
    message: expect.stringContaining('large.tif has 1.0 GiB') as string
  });
});
