import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';

import { findFunction, type Description } from './description';
import { Compiler, Modules } from './modules';

const component = new Uint8Array(Array.from({ length: 100 }, (_, index) => index));

function description(changes: Partial<Description> = {}): Description {
  return {
    module: 'demo',
    version: '0.1.0',
    sha256: createHash('sha256').update(component).digest('hex'),
    interfaces: [
      { name: 'w:demo/a@0.1.0', functions: [{ name: 'run' }, { name: '[method]thing.go' }] },
      { name: 'w:demo/b@0.1.0', functions: [{ name: 'run' }, { name: 'probe' }] }
    ],
    types: [],
    core: { modules: [{ offset: 10, size: 5 }, { offset: 50, size: 2 }] },
    ...changes
  };
}

test('core modules are sliced out of the component, in order', async () => {
  const modules = new Modules();
  modules.add({ description: description(), bytes: async () => component });
  const { cores } = await modules.load('demo');
  expect(cores.map(core => [...core])).toEqual([[10, 11, 12, 13, 14], [50, 51]]);
  expect(modules.loaded()).toEqual([{ name: 'demo', version: '0.1.0', sha256: description().sha256, size: 7 }]);
});

test('each sha256 is loaded once, whatever it is called, and again if that failed', async () => {
  const modules = new Modules();
  let loads = 0;
  const bytes = async () => {
    loads++;
    if (loads === 1) {
      throw new Error('the line is cut');
    }
    return component;
  };
  modules.add({ description: description(), bytes });
  modules.add({ description: description({ module: 'alias' }), bytes });
  await expect(modules.load('demo')).rejects.toMatchObject({ name: 'ModuleError', message: 'the line is cut' });
  await Promise.all([modules.load('demo'), modules.load('alias'), modules.load('demo')]);
  expect(loads).toBe(2);
});

test('bytes that are not the ones described are refused', async () => {
  const modules = new Modules();
  modules.add({ description: description(), bytes: async () => component.map(byte => byte ^ 1) });
  await expect(modules.load('demo')).rejects.toMatchObject({
    code: 'module',
    message: expect.stringContaining('not the one described') as string
  });
  expect(modules.loaded()).toEqual([]);
});

test('an unknown module names those that are known', () => {
  const modules = new Modules();
  expect(() => modules.load('image')).toThrow('Modules here: none');
  modules.add({ description: description(), bytes: async () => component });
  expect(() => modules.describe('image')).toThrow('Modules here: demo');
});

test('a name is that of the module added first; others go by their sha256', async () => {
  const modules = new Modules();
  const other = component.map(byte => byte ^ 1);
  const sha256 = createHash('sha256').update(other).digest('hex');
  modules.add({ description: description(), bytes: async () => component });
  modules.add({ description: description({ sha256, version: '0.2.0' }), bytes: async () => other });
  expect(modules.describe('demo').version).toBe('0.1.0');
  expect(modules.describe(sha256).version).toBe('0.2.0');
  expect([...(await modules.load('demo')).cores[1]!]).toEqual([50, 51]);
  expect([...(await modules.load(sha256)).cores[1]!]).toEqual([51, 50]);
});

test('functions are found by name where it is unique, else by interface and name', () => {
  const d = description();
  expect(findFunction(d, 'probe')).toEqual({ interface: 'w:demo/b@0.1.0', name: 'probe' });
  expect(findFunction(d, 'w:demo/a@0.1.0#run')).toEqual({ interface: 'w:demo/a@0.1.0', name: 'run' });
  expect(() => findFunction(d, 'run')).toThrow('more than once: w:demo/a@0.1.0#run, w:demo/b@0.1.0#run');
  expect(() => findFunction(d, 'go')).toThrow('no function go');
});

test('a module is compiled once for each memory limit', async () => {
  const compiler = new Compiler();
  const bare = new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
  const first = await compiler.compile('x', [bare], 65536);
  expect(await compiler.compile('x', [bare], 65536)).toBe(first);
  expect(await compiler.compile('x', [bare], 131072)).not.toBe(first);
  await expect(compiler.compile('y', [component], 65536)).rejects.toMatchObject({ code: 'module' });
});
