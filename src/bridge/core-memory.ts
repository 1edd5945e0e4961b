import { WasmcellError } from './errors';

const PAGE = 65536;
const MEMORY_SECTION = 5;

/**
 * A core module whose declared memory maximum is at most `bytes`.
 *
 * A page has no memory ceiling for a call; a declared maximum, which is part of the module, is one
 * that every browser keeps. The module's own maximum stays where it is lower. A module without a
 * memory of its own is returned as it is.
 *
 * @param core A core WebAssembly module; it is not changed.
 * @param bytes The limit; rounded down to whole pages of 64 KiB.
 * @throws WasmcellError `limit-exceeded` if the module needs more from the start.
 */
export function limitMemory(core: Uint8Array<ArrayBuffer>, bytes: number): Uint8Array<ArrayBuffer> {
  const pages = Math.floor(bytes / PAGE);
  let at = 8; // magic number and version
  while (at < core.length) {
    const [size, payload] = readLeb(core, at + 1);
    if (core[at] === MEMORY_SECTION) {
      const section = limitSection(core.subarray(payload, payload + size), pages);
      const head = [MEMORY_SECTION, ...leb(section.length)];
      return concat(core.subarray(0, at), new Uint8Array(head), section, core.subarray(payload + size));
    }
    at = payload + size;
  }
  return core;
}

/** The payload of a memory section: the count, and for each memory flags, minimum, [maximum]. */
function limitSection(payload: Uint8Array, pages: number): Uint8Array {
  let [count, at] = readLeb(payload, 0);
  const out = [...leb(count)];
  for (; count > 0; count--) {
    const flags = payload[at]!;
    if (flags > 1) {
      throw new WasmcellError('module', 'The module has a shared or 64-bit memory, which is not supported.');
    }
    let minimum: number;
    let maximum = Infinity;
    [minimum, at] = readLeb(payload, at + 1);
    if (flags === 1) {
      [maximum, at] = readLeb(payload, at);
    }
    if (minimum > pages) {
      throw new WasmcellError(
        'limit-exceeded',
        `The module needs ${minimum * PAGE} bytes of memory from the start; the limit is ${pages * PAGE}.`
      );
    }
    out.push(1, ...leb(minimum), ...leb(Math.min(maximum, pages, PAGE)));
  }
  return new Uint8Array(out);
}

/** An unsigned LEB128 number, and the index after it. */
function readLeb(bytes: Uint8Array, at: number): [number, number] {
  let value = 0;
  for (let shift = 0; shift < 35; shift += 7) {
    const byte = bytes[at++];
    if (byte === undefined) {
      break;
    }
    value += (byte & 127) * 2 ** shift;
    if (byte < 128) {
      return [value, at];
    }
  }
  throw new WasmcellError('module', 'The core module is damaged: a number has no end.');
}

function leb(value: number): number[] {
  const out = [];
  do {
    out.push((value % 128) + (value > 127 ? 128 : 0));
    value = Math.floor(value / 128);
  } while (value > 0);
  return out;
}

function concat(...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
