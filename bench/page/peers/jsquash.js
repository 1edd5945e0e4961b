import decodeJpeg from '@jsquash/jpeg/decode.js';
import encodeJpeg from '@jsquash/jpeg/encode.js';
import decodePng from '@jsquash/png/decode.js';
import encodePng from '@jsquash/png/encode.js';
import resize from '@jsquash/resize/index.js';
import encodeWebp from '@jsquash/webp/encode.js';

export async function load({ photo, png, raster, screenshot, small }) {
  // In the file's own values, as the others do; its default is linear light, which takes longer.
  const to = (width, height) => ({ width, height, method: 'lanczos3', premultiply: true, linearRGB: false });
  return {
    resize: { jSquash: () => resize(raster, to(1280, 720)) },
    jpeg: {
      jSquash: async () => encodeJpeg(await resize(await decodeJpeg(photo), to(1280, 857)), { quality: 80 })
    },
    'png-decode': { jSquash: () => decodePng(png) },
    'png-encode': { jSquash: () => encodePng(screenshot) },
    'webp-encode': { jSquash: () => encodeWebp(small, { quality: 80 }) }
  };
}
