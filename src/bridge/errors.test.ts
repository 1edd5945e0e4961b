import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

import { WasmcellError, type ErrorCode } from './errors';

const CODES: readonly ErrorCode[] = [
  ...(['malformed', 'unsupported', 'invalid-argument', 'limit-exceeded', 'argument-type', 'cancelled'] as const),
  ...(['trapped', 'result', 'unavailable', 'module', 'closed'] as const)
];

test("names are those of Python's classes", () => {
  const python = readFileSync(new URL('../../wasmcell/errors.py', import.meta.url), 'utf8');
  const classes = [...python.matchAll(/^class (\w+Error)\(/gm)].map(match => match[1]);
  for (const code of CODES) {
    expect(classes).toContain(new WasmcellError(code, '').name);
  }
});

test('an error crosses a message channel as it is', () => {
  const error = new WasmcellError('result', 'no', { answered: true, value: { tag: 'x', val: 1n } });
  const again = WasmcellError.fromFault(structuredClone(error.toFault()));
  expect(again).toBeInstanceOf(Error);
  expect({ ...again, text: again.message }).toEqual({ ...error, text: 'no' });
});

test('what is thrown by others gets a code', () => {
  expect(WasmcellError.from(new TypeError('x'), 'module')).toMatchObject({ code: 'module', message: 'x' });
  expect(WasmcellError.from('y', 'trapped')).toMatchObject({ code: 'trapped', message: 'y' });
  const own = new WasmcellError('closed', 'z');
  expect(WasmcellError.from(own, 'trapped')).toBe(own);
});
