import { expect, test } from 'vitest';

import { historyOf } from './keys';

test.each([
  ['z', { ctrlKey: true }, 'undo'],
  ['Z', { ctrlKey: true, shiftKey: true }, 'redo'],
  ['z', { metaKey: true }, 'undo'],
  ['y', { ctrlKey: true }, 'redo'],
  ['Y', { ctrlKey: true, shiftKey: true }, undefined],
  ['z', {}, undefined],
  ['z', { ctrlKey: true, altKey: true }, undefined],
  ['a', { ctrlKey: true }, undefined]
])('%s with %j: %s', (key, modifiers, expected) => {
  const none = { ctrlKey: false, metaKey: false, altKey: false, shiftKey: false };
  expect(historyOf({ ...none, ...modifiers, key } as KeyboardEvent)).toBe(expected);
});
