// The bridge in Node, for Python's engine `node`: frames in by stdin, out by stdout, until stdin ends.
import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { argv, stdin, stdout } from 'node:process';
import { Worker } from 'node:worker_threads';

import { Bridge } from '../bridge/bridge';
import { WorkersHome } from '../bridge/workers';
import { pack, Unpacker } from '../wire/frames';
import { Server } from '../wire/server';
import { threadWorker } from './thread';

const size = Number(argv[2]) || availableParallelism();
const script = new URL('./node-worker.mjs', import.meta.url);
const bridge = Bridge.over(new WorkersHome(() => threadWorker(new Worker(script)), { size }));
const server = new Server(
  bridge,
  async path => new Uint8Array(await readFile(path)),
  (message, attachments) => {
    stdout.cork();
    pack(message, attachments).forEach(chunk => stdout.write(chunk));
    stdout.uncork();
  }
);
const unpacker = new Unpacker(frame => void server.take(frame));
stdin.on('data', (chunk: Uint8Array) => unpacker.push(chunk));
stdin.on('end', () => bridge.close());
