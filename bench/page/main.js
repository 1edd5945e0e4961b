// What Python drives: `bench.load()`, then `bench.time(case, peer)` again and again.
//
// A peer's module has `load(inputs)`, which gives its works: {case: {peer: async () => result}}. A result is
// what the peer itself gives: a file as Uint8Array, ArrayBuffer or Blob; pixels as {width, data} (ImageData)
// or as a canvas.
import { load as canvas } from './peers/canvas.js';
import { load as jsquash } from './peers/jsquash.js';
import { load as photon } from './peers/photon.js';
import { load as pica } from './peers/pica.js';
import { load as vips } from './peers/vips.js';
import { load as wasmcell } from './peers/wasmcell.js';

const works = {};

async function load() {
  const bytes = async name => new Uint8Array(await (await fetch(`/inputs/${name}`)).arrayBuffer());
  const pixels = async (name, width) => {
    const data = new Uint8ClampedArray((await bytes(name)).buffer);
    return new ImageData(data, width);
  };
  const inputs = {
    photo: await bytes('photo.jpg'),
    png: await bytes('example.png'),
    raster: await pixels('raster.rgba', 3840),
    screenshot: await pixels('screenshot.rgba', 2558),
    small: await pixels('small.rgba', 1280)
  };
  // One after the other, so that no start disturbs another.
  for (const peer of [wasmcell, pica, jsquash, photon, vips, canvas]) {
    for (const [kind, ways] of Object.entries(await peer(inputs))) {
      works[kind] = { ...works[kind], ...ways };
    }
  }
  return Object.fromEntries(Object.entries(works).map(([kind, ways]) => [kind, Object.keys(ways)]));
}

/** The seconds that a work takes. */
async function time(kind, name) {
  const start = performance.now();
  await works[kind][name]();
  return (performance.now() - start) / 1000;
}

/** Does a work and sends its result to Python. */
async function send(kind, name) {
  let result = await works[kind][name]();
  if (result instanceof OffscreenCanvas) {
    result = result.getContext('2d').getImageData(0, 0, result.width, result.height);
  }
  const [query, body] = result.data ? [`?width=${result.width}`, result.data] : ['', result];
  await fetch(`/results${query}`, { method: 'POST', body });
}

globalThis.bench = { load, time, send };
