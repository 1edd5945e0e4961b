import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

import * as image from '../generated/image.js';
import { limitMemory } from './core-memory';
import { findFunction, type Description } from './description';
import { instantiate, invoke, type Glue, type Instance } from './glue';

const PAGE = 65536;

// The built module: what ships.
const built = new URL('../../wasmcell/modules/', import.meta.url);
const description = JSON.parse(readFileSync(new URL('image.json', built), 'utf8')) as Description;
const component = readFileSync(new URL('image.wasm', built));
const cores = description.core.modules.map(
  ({ offset, size }) => new WebAssembly.Module(component.subarray(offset, offset + size))
);
const [main] = description.core.modules as [{ offset: number; size: number }];
const make = (modules = cores): Instance => instantiate(image as unknown as Glue, modules);
const photo = readFileSync(new URL('../../examples/media/photo.jpg', import.meta.url));
const { interface: interface_, name } = findFunction(description, 'run');
const shrink = (instance: Instance): unknown =>
  invoke(instance, interface_, name, [photo, {}, [{ tag: 'resize', val: { width: 96 } }], { tag: 'png', val: {} }]);

test('an instance can have memory ready, and then asks for no more', () => {
  const used = make();
  const expected = shrink(used);
  const instance = make();
  expect(used.size()).toBeGreaterThan(instance.size() + 16 * PAGE);
  instance.ready(used.size());
  expect(instance.size()).toBeLessThanOrEqual(used.size());
  expect(instance.size()).toBeGreaterThanOrEqual(used.size() - PAGE);
  expect(shrink(instance)).toEqual(expected);
  expect(instance.size()).toBe(used.size());
  expect(instance.refused()).toBe(0);
});

test('memory that cannot be had is not missed', () => {
  const limited = limitMemory(new Uint8Array(component.subarray(main.offset, main.offset + main.size)), 64 * 2 ** 20);
  const instance = make([new WebAssembly.Module(limited), ...cores.slice(1)]);
  const before = instance.size();
  instance.ready(128 * 2 ** 20);
  expect(instance.size()).toBe(before);
  expect(instance.refused()).toBe(0);
  expect(shrink(instance)).toEqual(shrink(make()));
});
