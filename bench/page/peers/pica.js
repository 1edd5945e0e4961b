import pica from 'pica';
import { canvasOf, stored } from './canvas.js';

export async function load({ photo, raster }) {
  // Its workers stay, as those of the others do.
  const resizer = pica({ idle: 3_600_000 });
  const from = canvasOf(raster);
  const file = new Blob([photo], { type: 'image/jpeg' });
  const options = { filter: 'lanczos3' };
  return {
    resize: {
      pica: () => resizer.resize(from, new OffscreenCanvas(1280, 720), options),
      'pica (buffer)': async () => {
        const { data: src, width, height } = raster;
        return {
          width: 1280,
          data: await resizer.resizeBuffer({ src, width, height, toWidth: 1280, toHeight: 720, ...options })
        };
      }
    },
    jpeg: {
      pica: async () => {
        const bitmap = await createImageBitmap(file, stored);
        const small = await resizer.resize(bitmap, new OffscreenCanvas(1280, 857), options);
        bitmap.close();
        return small.convertToBlob({ type: 'image/jpeg', quality: 0.8 });
      }
    }
  };
}
