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
  expect((await files.resolve([open])).secrets).toEqual(new Map());
  const { args, secrets } = await files.resolve([open, { deep: [hidden] }, 7]);
  expect(args).toEqual([new TextEncoder().encode('abc'), { deep: [new TextEncoder().encode('def')] }, 7]);
  expect(secrets).toEqual(new Map([[hidden.$file, 'hidden']]));
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
  expect(files.about(second).madeOf).toEqual(['passport.png', 'face.png']);
  const namesake = files.put(new Blob(['ghi']), 'face.png', { secret: true });
  expect(files.about(await made([namesake, second], 'kitten.png')).madeOf).toEqual(['passport.png', 'face.png', 'face.png']);
});

test('as chosen is taken what a person chose, and neither what was made of it nor what the page put in', async () => {
  const file = files.put(new Blob(['abc']), 'a.txt', { secret: true });
  expect(await files.chosen(file).text()).toBe('abc');
  const made = files.keep(new Uint8Array(1), 'pixel', (await files.resolve([file])).secrets) as FileRef;
  for (const other of [made, files.put(new Blob(['abc']), 'a.txt')]) {
    expect(files.blob(other)).toBeDefined();
    expect(() => files.chosen(other)).toThrow(expect.objectContaining(refused) as Error);
  }
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
