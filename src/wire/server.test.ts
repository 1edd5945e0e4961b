import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';

import { Bridge } from '../bridge/bridge';
import type { Home, Target } from '../bridge/home';
import { Server, type Tell } from './server';

const [first, second] = ['first', 'second'].map(source => createHash('sha256').update(source).digest('hex'));

/** Asks for things one after the other, with a home that tells what reaches it. */
async function ask(...asks: object[]): Promise<{ told: Tell[]; reached: unknown[] }> {
  const told: Tell[] = [];
  const reached: unknown[] = [];
  const home = {
    load: async () => undefined,
    call: async ({ sha256 }: Target) => (reached.push(sha256), { value: null, seconds: 0 }),
    open: async ({ sha256 }: Target, seconds: number) => reached.push([sha256, seconds])
  };
  const read = async (source: string) => new TextEncoder().encode(source);
  const server = new Server(Bridge.over(home as unknown as Home), read, message => told.push(message));
  for (const [id, message] of [...['first', 'second'].map(introduced), ...asks].entries()) {
    await server.take({ message: { id, ...message }, attachments: [] });
  }
  return { told, reached };
}

function introduced(source: string): object {
  const description = {
    module: 'demo',
    version: '0.1.0',
    sha256: createHash('sha256').update(source).digest('hex'),
    types: [],
    interfaces: [{ name: 'w:demo/demo', functions: [{ name: 'run' }] }],
    core: { modules: [] }
  };
  return { op: 'module', description, source };
}

test('modules of one name are told apart by sha256', async () => {
  const call = (module: string) => ({ op: 'call', module, function: 'run', args: [], memory: 65536, seconds: 1 });
  const { told, reached } = await ask(call(first!), call(second!), call(first!));
  expect(reached).toEqual([first, second, first]);
  expect(told.filter(message => 'fault' in message)).toEqual([]);
});

test('a session opens with its time limit, none, or that of the bridge', async () => {
  const open = (limit: object) => ({ op: 'open', module: first, memory: 65536, ...limit });
  const { reached } = await ask(open({ seconds: 2 }), open({ seconds: null }), open({}));
  expect(reached).toEqual([[first, 2], [first, Infinity], [first, 300]]);
});
