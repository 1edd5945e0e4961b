import type { Worker } from 'node:worker_threads';

import type { WorkerLike } from '../bridge/pool';
import type { Reply } from '../bridge/protocol';

/** A worker thread for the pool. */
export function threadWorker(worker: Worker): WorkerLike {
  const like: WorkerLike = {
    // Ports of the DOM come from views alone, and there are none here.
    post: (request, transfer) => worker.postMessage(request, transfer as ArrayBuffer[]),
    terminate: () => void worker.terminate(),
    onreply: () => undefined,
    onbroken: () => undefined
  };
  worker.on('message', (reply: Reply) => like.onreply(reply));
  worker.on('messageerror', error => like.onbroken(error.message));
  worker.on('error', error => like.onbroken(error.message));
  worker.on('exit', code => like.onbroken(`it ended with status ${code}.`));
  return like;
}
