import { expect, test } from 'vitest';

import { WasmcellError } from './errors';
import { Traces } from './traces';

const RUN = { interface: 'wasmcell:image/image@0.1.0', name: 'run' };
const done = async (value: unknown) => ({ value, seconds: 0.5 });

test('a call is seen from its start to its end', async () => {
  const traces = new Traces();
  const states: string[] = [];
  traces.observe(() => states.push(...traces.all.map(({ state }) => state)));
  const file = { $file: 1, name: 'a.png', size: 4000, type: 'image/png' };
  const steps = [{ tag: 'resize', val: { width: 8 } }, { tag: 'rotate' }];
  const args = [file, { pages: [1] }, steps, { tag: 'webp', val: {} }];
  await traces.follow('image', RUN, args, 'vault', undefined, () => done(new Uint8Array(70)));
  expect(states).toEqual(['running', 'done']);
  expect(traces.running).toBe(0);
  expect(traces.all).toMatchObject([
    { module: 'image', function: 'run', cases: ['resize', 'rotate', 'webp'], seconds: 0.5, bytesIn: 4000, bytesOut: 70 }
  ]);
});

test('it is cancelled by its own signal, or from here', async () => {
  const traces = new Traces();
  const cancelled = (signal: AbortSignal) =>
    new Promise<never>((_, reject) => {
      const abort = () => reject(new WasmcellError('cancelled', 'The call was cancelled.'));
      signal.addEventListener('abort', abort);
      if (signal.aborted) {
        abort();
      }
    });
  const own = new AbortController();
  const calls = [
    traces.follow('image', RUN, [], 'vault', undefined, cancelled),
    traces.follow('image', RUN, [], 'vault', own.signal, cancelled),
    traces.follow('image', RUN, [], 'vault', AbortSignal.abort(), cancelled)
  ];
  expect(traces.running).toBe(3);
  traces.cancel(traces.all[0]!.id);
  own.abort();
  for (const call of calls) {
    await expect(call).rejects.toMatchObject({ code: 'cancelled' });
  }
  expect(traces.all.map(({ state }) => state)).toEqual(['cancelled', 'cancelled', 'cancelled']);
  traces.cancel(traces.all[0]!.id);
});

test('of those that have ended the last are remembered; what runs is never forgotten', async () => {
  const traces = new Traces();
  let finish = (): void => undefined;
  const long = new Promise<void>(resolve => (finish = resolve)).then(() => done(1));
  const first = traces.follow('image', RUN, [], 'vault', undefined, () => long);
  const fail = () => Promise.reject(new WasmcellError('malformed', 'cut'));
  for (let call = 0; call < 300; call++) {
    await traces.follow('image', RUN, [], 'vault', undefined, fail).catch(() => undefined);
  }
  const ids = traces.all.map(({ id }) => id);
  expect([ids.length, ids[0], ids.at(-1)]).toEqual([201, 1, 301]);
  expect(traces.all[1]).toMatchObject({ state: 'failed', error: 'cut' });
  finish();
  await first;
  expect(traces.all).toHaveLength(200);
});
