const AT = '/peers/@silvia-odwyer/photon/';

export async function load({ photo, png, raster, screenshot }) {
  const { PhotonImage, SamplingFilter, resize } = await photon();
  const freed = (image, use) => {
    try {
      return use(image);
    } finally {
      image.free();
    }
  };
  const small = (image, width, height) =>
    freed(image, image => freed(resize(image, width, height, SamplingFilter.Lanczos3), pixels));
  const pixels = image => image.get_image_data();
  const of = ({ data, width, height }) => new PhotonImage(new Uint8Array(data.buffer), width, height);
  return {
    resize: { Photon: async () => small(of(raster), 1280, 720) },
    jpeg: {
      Photon: async () => {
        const image = small(PhotonImage.new_from_byteslice(photo), 1280, 857);
        const canvas = new OffscreenCanvas(image.width, image.height);
        canvas.getContext('2d', { willReadFrequently: true }).putImageData(image, 0, 0);
        return canvas.convertToBlob({ type: 'image/jpeg', quality: 0.8 });
      }
    },
    'png-decode': { Photon: async () => freed(PhotonImage.new_from_byteslice(png), pixels) },
    'png-encode': {
      Photon: async () => {
        const url = freed(of(screenshot), image => image.get_base64());
        return Uint8Array.from(atob(url.slice(url.indexOf(',') + 1)), letter => letter.charCodeAt(0));
      }
    }
  };
}

/** The package is for bundlers, which give the glue its WebAssembly; here this is done by hand. */
async function photon() {
  const text = await (await fetch(`${AT}photon_rs_bg.js`)).text();
  const glue = text.replace(
    "import * as wasm from './photon_rs_bg.wasm';",
    'let wasm; export const give = exports => { wasm = exports; };'
  );
  const module = await import(URL.createObjectURL(new Blob([glue], { type: 'text/javascript' })));
  const { instance } = await WebAssembly.instantiateStreaming(fetch(`${AT}photon_rs_bg.wasm`), {
    './photon_rs_bg.js': module
  });
  module.give(instance.exports);
  return module;
}
