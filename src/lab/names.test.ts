import { describe, expect, it } from 'vitest';

import { another, formatOf, numbersOf, short, target } from './names';

const FORMATS = ['png', 'jpeg', 'tiff'];

describe('names', () => {
  it.each([
    ['photo.jpg', '', 'webp', 'photo.webp'],
    ['a/photo.jpg', '-resize', 'jpeg', 'a/photo-resize.jpg'],
    ['a.b/photo.JPEG', '-resize', 'jpeg', 'a.b/photo-resize.JPEG'],
    ['photo.v2.png', '-blur', 'jpeg', 'photo.v2-blur.jpg'],
    ['a.b/photo', '-blur', 'png', 'a.b/photo-blur.png'],
    ['RTC:photo.tiff', '', 'tiff', 'RTC:photo.tiff'],
    ['.png', '', 'webp', '.png.webp']
  ])('%s%s as %s is %s', (path, suffix, format, expected) => {
    expect(target(path, suffix, format)).toBe(expected);
  });

  it.each([
    ['1-3,8,10-', [1, 2, 3, 8, 10, 11, 12]],
    ['12', [12]],
    [' 3 - 4 , 2 ', [3, 4, 2]]
  ])('%j of twelve pages is %j', (pages, expected) => {
    expect(numbersOf(pages, 12)).toEqual(expected);
  });

  it('tells formats by extensions', () => {
    expect(formatOf('x/photo.JPE', FORMATS)).toBe('jpeg');
    expect(formatOf('photo.tif', FORMATS)).toBe('tiff');
    expect(formatOf('png', FORMATS)).toBeUndefined();
    expect(formatOf('x.png/photo', FORMATS)).toBeUndefined();
  });

  it('finds other names', () => {
    expect(another('a.b/photo.jpg', 2)).toBe('a.b/photo-2.jpg');
  });

  it('of a long one, start and end are shown', () => {
    expect(short('photo.jpg', 9)).toBe('photo.jpg');
    expect(short('photograph.jpg', 9)).toBe('phot….jpg');
    expect(short('🌲🌲🌲🌲', 3)).toBe('🌲…🌲');
  });
});
