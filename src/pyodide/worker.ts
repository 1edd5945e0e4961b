// A worker beside Pyodide's own: it has the core instances of one component, on which Python works by messages. What the
// bytes mean is Python's affair (wasmcell/abi), and so is how long a call may take: it ends this worker if need be.
import { Linked } from './linked';
import type { Reply, Request } from './protocol';

let linked: Linked | undefined;

addEventListener('message', ({ data: request }: MessageEvent<Request>) => {
  if (request.op === 'close') {
    linked = undefined;
  } else if (request.op === 'write') {
    bytes(request.memory, request.start, request.data.length).set(request.data);
  } else {
    reply(request);
  }
});

type Asked = Exclude<Request, { op: 'close' | 'write' }>;

function reply(request: Asked): void {
  let reply: Reply;
  try {
    const value = answer(request);
    reply = { value, sizes: linked!.memories.map(memory => memory.buffer.byteLength) };
  } catch (thrown) {
    const { name, message } = thrown as Error;
    reply = { name, message, refused: thrown instanceof WebAssembly.RuntimeError ? (linked?.refused() ?? 0) : 0 };
  }
  const data = 'value' in reply && reply.value;
  postMessage(reply, { transfer: data instanceof Uint8Array ? [data.buffer] : [] });
}

function answer(request: Asked): unknown {
  switch (request.op) {
    case 'link':
      linked = undefined;
      linked = new Linked(request);
      return undefined;
    case 'call': {
      const value = linked!.function(request.item)(...request.args);
      return request.real ? Float64Array.of(value as number) : value;
    }
    case 'handle':
      return linked!.handles[request.operation](request.resource, request.number);
    case 'memory': {
      linked!.memories.push(linked!.get(request.item) as WebAssembly.Memory);
      return undefined;
    }
    case 'read':
      return bytes(request.memory, request.start, request.size).slice();
  }
}

/** Part of a memory, as it is now. */
function bytes(memory: number, start: number, size: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(linked!.memories[memory]!.buffer, start, size);
}
