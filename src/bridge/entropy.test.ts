import { expect, test } from 'vitest';

import type { Description } from './description';
import { withEntropy } from './entropy';

const field = (name: string, type: string | number) => ({ name, docs: '', type });

const description = {
  module: 'lock',
  types: [
    { name: 'entropy', docs: '', host: 32, list: 'u8' },
    { name: 'seed', docs: '', alias: 0 },
    { name: null, docs: '', option: 'string' },
    { name: 'key', docs: '', record: [field('pass-word', 2), field('the-seed', 1)] },
    { name: 'output', docs: '', variant: [{ name: 'locked', docs: '', type: 3 }, { name: 'open', docs: '' }] },
    { name: null, docs: '', option: 4 },
    { name: null, docs: '', list: 4 }
  ],
  interfaces: [
    {
      name: 'w:lock/lock',
      functions: [
        { name: 'turn', params: [field('data', 'string'), field('output', 5), field('more', 6)] },
        { name: 'random', params: [field('before', 'string'), field('seed', 0)] }
      ]
    }
  ]
} as unknown as Description;

const call = (name: string, ...args: unknown[]) => withEntropy(description, { interface: 'w:lock/lock', name }, args);
const random = expect.toSatisfy(bytes => bytes instanceof Uint8Array && bytes.length === 32 && bytes.some(Boolean)) as unknown;

test('random bytes are filled in wherever they are wanted', () => {
  const locked = { tag: 'locked', val: { passWord: 'x', theSeed: random } };
  expect(call('random', 'a')).toEqual(['a', random]);
  expect(call('turn', 'a', { tag: 'locked', val: { passWord: 'x' } }, [{ tag: 'locked', val: { passWord: 'x' } }, { tag: 'open' }])).toEqual([
    'a',
    locked,
    [locked, { tag: 'open', val: undefined }]
  ]);
});

test('they differ from call to call', () => {
  expect(call('random', 'a')).not.toEqual(call('random', 'a'));
});

test('what is given stays', () => {
  const given = new Uint8Array(32);
  expect(call('random', 'a', given)[1]).toBe(given);
  expect(call('turn', 'a', undefined, undefined)).toEqual(['a', undefined, undefined]);
});
