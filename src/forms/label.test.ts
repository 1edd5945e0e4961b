import { expect, it } from 'vitest';

import { label } from './label';

it.each([
  ['auto-orient', 'Turn the picture upright.', 'Auto orient'],
  ['webp', 'WebP, lossy or lossless.', 'WebP'],
  ['exif', 'Keep EXIF metadata.', 'EXIF'],
  ['flip', 'Flip the picture.', 'Flip']
])('%s is labelled as in its docs', (name, docs, expected) => {
  expect(label(name, docs)).toBe(expected);
});
