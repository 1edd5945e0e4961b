import { expect, test } from 'vitest';

import { Caller } from './rpc';

test('what waits for an end that is gone fails, and so does what comes', async () => {
  const { port1, port2 } = new MessageChannel();
  const caller = new Caller<'status'>(port1);
  const waiting = caller.call('status', []);
  port2.close();
  const gone = { name: 'ClosedError', message: expect.stringContaining('reload the page') as string };
  await expect(waiting).rejects.toMatchObject(gone);
  await expect(caller.call('status', [])).rejects.toMatchObject(gone);
});
