// @noble/hashes (MIT, audited, no dependencies): frames of opaque origin have no `crypto.subtle`, which
// could not be fed piece by piece either.
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';

/** In workers only; TypeScript's library has it with all else that is there only. */
declare class FileReaderSync {
  readAsArrayBuffer(blob: Blob): ArrayBuffer;
}

/** What is read at a time, in bytes. */
const PIECE = 4 * 2 ** 20;

/** A file's sha256 in hex; in a Web Worker, which alone may read a file without waiting. */
export function digest(file: Blob): string {
  const reader = new FileReaderSync();
  const hash = sha256.create();
  for (let at = 0; at < file.size; at += PIECE) {
    hash.update(new Uint8Array(reader.readAsArrayBuffer(file.slice(at, at + PIECE))));
  }
  return bytesToHex(hash.digest());
}
