// What the browser itself has. `willReadFrequently` keeps the pixels where they are read, so that no
// drawing is put off beyond the time that is taken.

export async function load({ photo, png, raster, screenshot, small }) {
  const jpegFile = new Blob([photo], { type: 'image/jpeg' });
  const pngFile = new Blob([png], { type: 'image/png' });
  return {
    resize: { canvas: async () => pixels(await createImageBitmap(raster, high(1280, 720))) },
    jpeg: {
      canvas: async () => drawn(await createImageBitmap(jpegFile, high(1280, 857))).convertToBlob(file('jpeg'))
    },
    'png-decode': { canvas: async () => pixels(await createImageBitmap(pngFile, { premultiplyAlpha: 'none', ...stored })) },
    'png-encode': { canvas: () => canvasOf(screenshot).convertToBlob(file('png')) },
    'webp-encode': { canvas: () => canvasOf(small).convertToBlob(file('webp')) }
  };
}

/** A canvas with these pixels. */
export function canvasOf(image) {
  const canvas = new OffscreenCanvas(image.width, image.height);
  context(canvas).putImageData(image, 0, 0);
  return canvas;
}

function drawn(bitmap) {
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
  context(canvas).drawImage(bitmap, 0, 0);
  bitmap.close();
  return canvas;
}

function pixels(bitmap) {
  const canvas = drawn(bitmap);
  return context(canvas).getImageData(0, 0, canvas.width, canvas.height);
}

function context(canvas) {
  return canvas.getContext('2d', { willReadFrequently: true });
}

/** As stored: colours are not turned into those of the screen, which the others do not do either. */
export const stored = { colorSpaceConversion: 'none' };

const high = (resizeWidth, resizeHeight) => ({ resizeWidth, resizeHeight, resizeQuality: 'high', ...stored });
const file = kind => ({ type: `image/${kind}`, quality: 0.8 });
