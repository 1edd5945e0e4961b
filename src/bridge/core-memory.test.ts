import { expect, test } from 'vitest';

import { limitMemory } from './core-memory';

const PAGE = 65536;

/** A module with a memory of these limits, its size and a function that grows it, written by hand. */
function wasm(...limits: number[]): Uint8Array<ArrayBuffer> {
  const section = (id: number, ...payload: number[]) => [id, payload.length, ...payload];
  return new Uint8Array([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, 1, 0x60, 1, 0x7f, 1, 0x7f), // type: i32 → i32
    ...section(3, 1, 0),
    ...section(5, 1, ...limits),
    ...section(7, 2, 1, 0x6d, 2, 0, 1, 0x67, 0, 0), // exports: memory m, function g
    ...section(10, 1, 6, 0, 0x20, 0, 0x40, 0, 0x0b) // local.get 0; memory.grow
  ]);
}

async function grower(core: Uint8Array<ArrayBuffer>) {
  const { instance } = await WebAssembly.instantiate(core);
  return instance.exports as { m: WebAssembly.Memory; g(pages: number): number };
}

test.each([
  ['no maximum', [0, 1]],
  ['a higher maximum', [1, 1, 0x80, 0x80, 4]], // 65536 pages
  ['a maximum that is as long in bytes', [1, 1, 100]]
])('a module with %s cannot grow beyond the limit', async (_, limits) => {
  const { m, g } = await grower(limitMemory(wasm(...limits), 10 * PAGE));
  expect(g(10)).toBe(-1);
  expect(g(9)).toBe(1);
  expect(m.buffer.byteLength).toBe(10 * PAGE);
  expect(g(1)).toBe(-1);
});

test("a module's own maximum stays where it is lower", async () => {
  const { g } = await grower(limitMemory(wasm(1, 1, 3), 10 * PAGE));
  expect([g(3), g(2)]).toEqual([-1, 1]);
});

test('limits are rounded down to whole pages', async () => {
  const { g } = await grower(limitMemory(wasm(0, 1), 3 * PAGE - 1));
  expect([g(2), g(1)]).toEqual([-1, 1]);
});

test('4 GiB is the most there is', async () => {
  expect(WebAssembly.validate(limitMemory(wasm(0, 1), 2 ** 33))).toBe(true);
});

test('a module that needs more from the start is refused', () => {
  expect(() => limitMemory(wasm(0, 17), 16 * PAGE)).toThrow(/1114112 bytes of memory from the start.* 1048576/);
});

test('the module given is not changed, and one without a memory is returned as it is', () => {
  const core = wasm(0, 1);
  const before = core.slice();
  limitMemory(core, 5 * PAGE);
  expect(core).toEqual(before);
  const bare = new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
  expect(limitMemory(bare, PAGE)).toBe(bare);
});

test.each([[[4, 1, 1]], [[3, 1, 1]]])('shared and 64-bit memories are refused', limits => {
  expect(() => limitMemory(wasm(...limits), 10 * PAGE)).toThrow(/not supported/);
});

test('a number without an end is damage', () => {
  expect(() => limitMemory(wasm(0, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80), 10 * PAGE)).toThrow(/damaged/);
});
