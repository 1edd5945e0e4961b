import { expect, test, vi } from 'vitest';

import type { Glue } from './glue';
import { Runner } from './runner';

const HANDLE = Symbol('handle');

/** As jco's resources: with a handle, and a destructor that here traps. */
class Thing {
  [HANDLE] = 1;

  [Symbol.dispose ?? Symbol.for('dispose')](): void {
    throw new WebAssembly.RuntimeError('unreachable');
  }
}

const glue = { instantiate: () => ({ 'w:demo/demo': { Thing, nothing: () => undefined } }) } as unknown as Glue;

test('a destructor that traps spoils its session', async () => {
  const runner = new Runner({ demo: glue });
  const use = (name: string) => runner.answer({ op: 'use', function: { interface: 'w:demo/demo', name }, args: [] });
  await runner.answer({ op: 'open', link: { module: 'demo', glue: 'demo', cores: [], memory: 65536 } });
  expect(await use('[constructor]thing')).toMatchObject({ value: { $resource: 1 } });
  expect(await use('nothing')).toMatchObject({ value: undefined });
  expect(await runner.answer({ op: 'drop', resource: 1 })).toMatchObject({
    fault: { code: 'trapped', message: 'The module trapped: unreachable.' }
  });
  expect(await use('nothing')).toMatchObject({
    fault: { code: 'trapped', message: expect.stringContaining('earlier error: The module trapped') as string }
  });
});

test('an instance is made beforehand, and is for one call', async () => {
  vi.useFakeTimers();
  let made = 0;
  const counting = { instantiate: () => ({ 'w:demo/demo': { number: ((number: number) => () => number)(++made) } }) };
  const runner = new Runner({ demo: counting as unknown as Glue });
  const call = async (memory: number) => {
    const link = { module: 'demo', glue: 'demo', cores: [], memory };
    const reply = runner.answer({ op: 'call', link, function: { interface: 'w:demo/demo', name: 'number' }, args: [] });
    expect(await reply).toMatchObject({ value: expect.any(Number) as number });
    return ((await reply) as { value: number }).value;
  };
  expect(await call(65536)).toBe(1);
  expect(made).toBe(1);
  vi.runAllTimers();
  expect(made).toBe(2);
  expect(await call(65536)).toBe(2);
  expect(await call(65536)).toBe(3);
  vi.runAllTimers();
  // Another limit of memory is another instance.
  expect(await call(131072)).toBe(5);
  vi.useRealTimers();
});
