// Values as JSON with binary attachments, between Python and JavaScript.
//
//     {"$bytes": i}                    attachment i as Uint8Array
//     {"$array": [i, "Float32Array"]}  attachment i as that typed array, little-endian
//     {"$bigint": "123"}   {"$number": "NaN" | "Infinity" | "-Infinity" | "-0"}   {"$undefined": true}
//     {"$resource": n}                 a resource of the session
//     {"$file": n, name, size, type}   a private file of the page
//
// wasmcell/engines/wire.py is the other side.

const ARRAYS = {
  Int8Array,
  Uint16Array,
  Int16Array,
  Uint32Array,
  Int32Array,
  BigUint64Array,
  BigInt64Array,
  Float32Array,
  Float64Array
};
type ArrayName = keyof typeof ARRAYS;

/** A value as JSON-compatible data; its binary data is appended to `attachments`. */
export function encode(value: unknown, attachments: Uint8Array[]): unknown {
  switch (typeof value) {
    case 'bigint':
      return { $bigint: String(value) };
    case 'undefined':
      return { $undefined: true };
    case 'number':
      return Number.isFinite(value) && !Object.is(value, -0)
        ? value
        : { $number: Object.is(value, -0) ? '-0' : String(value) };
    case 'object':
      break;
    default:
      return value;
  }
  if (value === null) {
    return null;
  }
  if (ArrayBuffer.isView(value)) {
    const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
    const index = attachments.push(bytes) - 1;
    return value instanceof Uint8Array ? { $bytes: index } : { $array: [index, value.constructor.name] };
  }
  if (Array.isArray(value)) {
    return value.map(item => encode(item, attachments));
  }
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, encode(item, attachments)]));
}

/** The value of such data. Attachments are views of buffers of their own. */
export function decode(data: unknown, attachments: readonly Uint8Array<ArrayBuffer>[]): unknown {
  if (typeof data !== 'object' || data === null) {
    return data;
  }
  if (Array.isArray(data)) {
    return data.map(item => decode(item, attachments));
  }
  const [[key, item] = ['', undefined]] = Object.entries(data) as [string, unknown][];
  switch (key) {
    case '$bytes':
      return attachments[item as number];
    case '$array': {
      const [index, name] = item as [number, ArrayName];
      return new ARRAYS[name](attachments[index]!.buffer);
    }
    case '$bigint':
      return BigInt(item as string);
    case '$number':
      return Number(item);
    case '$undefined':
      return undefined;
    case '$resource':
    case '$file':
      return data;
    default:
      return Object.fromEntries(Object.entries(data).map(([key, item]) => [key, decode(item, attachments)]));
  }
}
