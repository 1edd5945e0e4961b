import { expect, test } from 'vitest';

import type { FileRef } from '../bridge';
import type { Link } from './link';
import { Source } from './source';

const file: FileRef = { $file: 1, name: 'a.pdf', size: 1, type: '' };

test('a file that the page cannot take is an error, and asked for again the next time', async () => {
  const ledger = { record: () => undefined };
  const puts = [() => Promise.reject(new Error('the vault is gone')), () => Promise.resolve(file)];
  const link = {
    bridge: async () => ({ ledger, put: () => puts.shift()!() }),
    tell: () => queueMicrotask(() => link.onsaid({}, [new Uint8Array(1)])),
    onsaid: (..._: unknown[]): void => undefined
  };
  const model = { get: (name: string) => (name === 'name' ? 'a.pdf' : null) };
  const source = new Source(link as unknown as Link, model as never);
  await expect(source.get()).rejects.toThrow('the vault is gone');
  await expect(source.get()).resolves.toBe(file);
});
