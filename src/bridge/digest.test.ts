import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';

import { digest } from './digest';

const MB = 2 ** 20;

test.each([0, 1, 55, 56, 64, 4 * MB - 1, 4 * MB, 9 * MB + 3])('the sha256 of %d bytes is that of Node', async size => {
  const bytes = new Uint8Array(size).map((_, at) => (at * 31 + (at >> 8)) & 255);
  expect(await digest(new Blob([bytes]), 'some')).toBe(createHash('sha256').update(bytes).digest('hex'));
});

test('it tells how far it is, after each piece', async () => {
  const told: number[] = [];
  const progress = { postMessage: (bytes: number) => told.push(bytes) } as unknown as MessagePort;
  await digest(new Blob([new Uint8Array(9 * MB)]), 'large', progress);
  expect(told).toEqual([4 * MB, 8 * MB, 9 * MB]);
});

test('a file that cannot be read any more is said to be so', async () => {
  const gone = { size: 5, slice: () => ({ arrayBuffer: () => Promise.reject(new Error('not found')) }) };
  await expect(digest(gone as unknown as Blob, 'gone.tif')).rejects.toMatchObject({
    code: 'closed',
    message: expect.stringContaining('gone.tif cannot be read any more') as string
  });
});
