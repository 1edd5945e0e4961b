// The Web Worker: a classic script, so that it also runs from a blob of opaque origin.
import { GLUE } from '../generated';
import type { Request } from './protocol';
import { Runner } from './runner';
import { buffers } from './values';

const runner = new Runner(GLUE);

addEventListener('message', async ({ data }: MessageEvent<Request>) => {
  const reply = await runner.answer(data);
  postMessage(reply, { transfer: 'value' in reply ? buffers(reply.value) : [] });
});
