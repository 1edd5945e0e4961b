/** Plain pixels, as `wasmcell:core` has them. */
export interface Raster {
  readonly width: number;
  readonly height: number;
  /** As `rgb8`, `la16`. */
  readonly format: string;
  readonly pixels: Uint8Array;
}

/** Pixels as a canvas takes them. */
export function toImageData({ width, height, format, pixels }: Raster): ImageData {
  const [, channels, bits] = /^(l|la|rgb|rgba)(8|16)$/.exec(format)!;
  const data = new Uint8ClampedArray(width * height * 4);
  const bytes = bits === '16' ? 2 : 1;
  // Of 16 bits the higher 8, which come second.
  const high = bytes - 1;
  const step = channels!.length * bytes;
  if (channels === 'rgba' && bytes === 1) {
    data.set(pixels);
    return new ImageData(data, width, height);
  }
  const gray = channels!.startsWith('l');
  const [green, blue] = gray ? [high, high] : [bytes + high, 2 * bytes + high];
  const alpha = channels!.endsWith('a') ? step - bytes + high : -1;
  for (let from = 0, to = 0; to < data.length; from += step, to += 4) {
    data[to] = pixels[from + high]!;
    data[to + 1] = pixels[from + green]!;
    data[to + 2] = pixels[from + blue]!;
    data[to + 3] = alpha < 0 ? 255 : pixels[from + alpha]!;
  }
  return new ImageData(data, width, height);
}
