// The page that Python's engine `chromium` drives: frames come as one long answer to a request, and go
// back one request each. All addresses are relative to the page's own.
import { Bridge } from '../bridge';
import { pack, Unpacker } from '../wire/frames';
import { Server } from '../wire/server';

const query = new URLSearchParams(location.search);
const here = (name: string): URL => new URL(name, location.href);

const bridge = await Bridge.start({
  home: query.get('home') === 'vault' ? 'vault' : 'workers',
  scripts: { worker: here('worker.js'), vault: here('vault-frame.js') },
  pool: query.has('size') ? { size: Number(query.get('size')) } : {}
});
// For tests and for people at the console.
Object.assign(globalThis, { wasmcell: { bridge } });

const server = new Server(
  bridge,
  async source => new Uint8Array(await (await fetch(here(source))).arrayBuffer()),
  (message, attachments) => {
    // A driven browser shows its driver a body of bytes, at 10 MB/s; but it does not look into blobs.
    const chunks = pack(message, attachments) as Uint8Array<ArrayBuffer>[];
    void fetch(here('answers'), { method: 'POST', body: new Blob(chunks) });
  }
);
const unpacker = new Unpacker(frame => void server.take(frame));
const frames = (await fetch(here(`frames?home=${bridge.home}`))).body!.getReader();
for (let chunk = await frames.read(); !chunk.done; chunk = await frames.read()) {
  unpacker.push(chunk.value);
}
bridge.close();
