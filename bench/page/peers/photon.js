const AT = '/peers/@silvia-odwyer/photon/';

// No JPEG: its decoder traps on every one here.
export async function load({ png, raster, screenshot }) {
  const { PhotonImage, SamplingFilter, resize } = await photon();
  const freed = (image, use) => {
    try {
      return use(image);
    } finally {
      image.free();
    }
  };
  const pixels = image => image.get_image_data();
  const of = ({ data, width, height }) => new PhotonImage(new Uint8Array(data.buffer), width, height);
  return {
    resize: {
      Photon: async () =>
        freed(of(raster), image => freed(resize(image, 1280, 720, SamplingFilter.Lanczos3), pixels))
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
