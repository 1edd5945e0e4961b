import Vips from 'wasm-vips';

export async function load(inputs) {
  const vips = await Vips({
    dynamicLibraries: [],
    locateFile: name => new URL(`/peers/wasm-vips/lib/${name}`, location.href).href
  });
  const cores = vips.concurrency();
  const works = {};
  for (const [name, threads] of [['wasm-vips', cores], ['wasm-vips (1 thread)', 1]]) {
    for (const [kind, work] of Object.entries(ways(vips, inputs))) {
      works[kind] = {
        ...works[kind],
        [name]: async () => {
          vips.concurrency(threads);
          return freed(work);
        }
      };
    }
  }
  return works;
}

function ways(vips, { photo, png, raster, screenshot, small }) {
  // Nothing is remembered from one run to the next.
  vips.Cache.max(0);
  const of = (own, { data, width, height }) =>
    own(own(vips.Image.newFromMemory(data, width, height, 4, 'uchar')).copy({ interpretation: 'srgb' }));
  const pixels = image => ({ width: image.width, data: image.writeToMemory() });
  return {
    // Alpha is not premultiplied here, as the others do: the picture is opaque, and this is its fast way.
    resize: own => pixels(own(of(own, raster).resize(1 / 3, { kernel: 'lanczos3' }))),
    jpeg: own => own(vips.Image.thumbnailBuffer(photo, 1280)).jpegsaveBuffer({ Q: 80, keep: 'none' }),
    'png-decode': own => pixels(own(vips.Image.newFromBuffer(png))),
    'png-encode': own => of(own, screenshot).pngsaveBuffer(),
    'webp-encode': own => of(own, small).webpsaveBuffer({ Q: 80 })
  };
}

/** Does a work and frees all images that it made its own. */
function freed(work) {
  const images = [];
  try {
    return work(image => (images.push(image), image));
  } finally {
    images.reverse().forEach(image => image.delete());
  }
}
