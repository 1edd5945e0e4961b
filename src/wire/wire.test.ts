import { expect, test } from 'vitest';

import { pack, Unpacker, type Frame } from './frames';
import { decode, encode } from './values';

function roundTrip(value: unknown): unknown {
  const attachments: Uint8Array[] = [];
  const json: unknown = JSON.parse(JSON.stringify(encode(value, attachments)));
  return decode(json, attachments.map(a => a.slice()));
}

test('values come through JSON and attachments as they are', () => {
  const value = {
    nothing: undefined,
    null: null,
    numbers: [0, -0, 1.5, NaN, Infinity, -Infinity, 5e-324],
    big: [2n ** 64n - 1n, -(2n ** 63n)],
    text: 'ü\0😀',
    tagged: { tag: 'some', val: undefined },
    bytes: new Uint8Array([0, 255]),
    empty: new Uint8Array(),
    arrays: [
      ...[Int8Array.of(-1), Uint16Array.of(65535), Int16Array.of(-2), Uint32Array.of(2 ** 32 - 1)],
      ...[Int32Array.of(-3), BigUint64Array.of(2n ** 64n - 1n), BigInt64Array.of(-1n)],
      ...[Float32Array.of(1.5, NaN), Float64Array.of(-0)]
    ],
    resource: { $resource: 3 }
  };
  expect(roundTrip(value)).toStrictEqual(value);
});

test('only the part of a buffer that a view shows goes over', () => {
  const attachments: Uint8Array[] = [];
  encode(new Uint16Array(new ArrayBuffer(100), 10, 2), attachments);
  expect(attachments.map(a => a.length)).toEqual([4]);
});

test.each([1, 3, 7, 1000])('frames are read whatever the chunks (%i bytes)', size => {
  const sent: Frame[] = [
    { message: { a: 'ü' }, attachments: [new Uint8Array([1, 2, 3]), new Uint8Array(), new Uint8Array([4])] },
    { message: [], attachments: [] },
    { message: null, attachments: [new Uint8Array(50).fill(9)] }
  ];
  const bytes = sent.flatMap(({ message, attachments }) => pack(message, attachments).flatMap(chunk => [...chunk]));
  const read: Frame[] = [];
  const unpacker = new Unpacker(frame => read.push(frame));
  for (let at = 0; at < bytes.length; at += size) {
    unpacker.push(new Uint8Array(bytes.slice(at, at + size)));
  }
  expect(read).toEqual(sent);
});
