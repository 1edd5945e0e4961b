// hash-wasm (MIT, no dependencies): SHA-256 in WebAssembly, fed piece by piece. `crypto.subtle` cannot be,
// and frames of opaque origin do not have it.
import { createSHA256 } from 'hash-wasm';

import { unreadable } from './files';

/** The sha256 of some bytes, one after the other, in hex. */
export async function sha256(parts: readonly Uint8Array[]): Promise<string> {
  const hash = await createSHA256();
  parts.forEach(part => hash.update(part));
  return hash.digest();
}

/** What is read at a time, in bytes. */
const PIECE = 4 * 2 ** 20;

/**
 * A file's sha256 in hex.
 *
 * @param progress Told how many bytes are done, after each piece.
 * @throws WasmcellError `closed` if the file was moved, changed or deleted since it was chosen.
 */
export async function digest(file: Blob, name: string, progress?: MessagePort): Promise<string> {
  const hash = await createSHA256();
  for (let at = 0; at < file.size; at += PIECE) {
    const piece = await file.slice(at, at + PIECE).arrayBuffer().catch((error: Error) => {
      throw unreadable(name, error);
    });
    hash.update(new Uint8Array(piece));
    progress?.postMessage(Math.min(at + PIECE, file.size));
  }
  return hash.digest();
}
