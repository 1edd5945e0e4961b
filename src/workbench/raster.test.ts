import { beforeAll, expect, it, vi } from 'vitest';

import { toImageData } from './raster';

beforeAll(() => {
  // Node has none.
  vi.stubGlobal('ImageData', class {
    constructor(
      readonly data: Uint8ClampedArray,
      readonly width: number,
      readonly height: number
    ) {}
  });
});

it.each([
  ['l8', [7], [7, 7, 7, 255]],
  ['la8', [7, 9], [7, 7, 7, 9]],
  ['rgb8', [1, 2, 3], [1, 2, 3, 255]],
  ['rgba8', [1, 2, 3, 4], [1, 2, 3, 4]],
  // Little-endian.
  ['l16', [0xff, 7], [7, 7, 7, 255]],
  ['la16', [0, 7, 0, 9], [7, 7, 7, 9]],
  ['rgb16', [0, 1, 0, 2, 0, 3], [1, 2, 3, 255]],
  ['rgba16', [0, 1, 0, 2, 0, 3, 0, 4], [1, 2, 3, 4]]
])('%s', (format, pixel, expected) => {
  const pixels = Uint8Array.from([...pixel, ...pixel]);
  const { data } = toImageData({ width: 2, height: 1, format, pixels });
  expect([...data]).toEqual([...expected, ...expected]);
});
