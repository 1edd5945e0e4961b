// The worker thread in Node.
import { parentPort } from 'node:worker_threads';

import { GLUE } from '../generated';
import type { Request } from '../bridge/protocol';
import { Runner } from '../bridge/runner';
import { buffers } from '../bridge/values';

const runner = new Runner(GLUE);

parentPort!.on('message', async (request: Request) => {
  const reply = await runner.answer(request);
  parentPort!.postMessage(reply, 'value' in reply ? buffers(reply.value) : []);
});
