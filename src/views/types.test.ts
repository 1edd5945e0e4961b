import { expect, test } from 'vitest';

import { accepts, typeOf } from './types';

test.each([
  ['', 'a.exe', '', true],
  ['*/*', 'a.exe', '', true],
  ['image/*', 'a.png', 'image/png', true],
  ['image/*', 'A.WEBP', '', true],
  ['image/*', 'a.pdf', 'application/pdf', false],
  ['.pdf, image/png', 'a.PDF', '', true],
  ['.pdf, image/png', 'a.jpg', 'image/jpeg', false]
])('%j takes %s of type %j: %s', (accept, name, type, expected) => {
  expect(accepts(accept, { name, type })).toBe(expected);
});

test("the browser's word on a type comes first", () => {
  expect(typeOf({ name: 'a.png', type: 'image/x' })).toBe('image/x');
  expect(typeOf({ name: 'a.tif', type: '' })).toBe('image/tiff');
  expect(typeOf({ name: 'notes', type: '' })).toBe('');
});
