// The bridge as it is built, in both of its homes.
import { Bridge, moduleAt } from '/static/bridge.js';

const scripts = {
  worker: new URL('/static/worker.js', location.href),
  vault: new URL('/static/vault-frame.js', location.href)
};

export async function load(inputs) {
  const module = await moduleAt(new URL('/modules/image.wasm', location.href));
  const works = {};
  for (const home of ['workers', 'vault']) {
    const bridge = await Bridge.start({ home, scripts });
    if (bridge.home !== home) {
      throw new Error(`the bridge is at home in ${bridge.home}, not in the ${home}`);
    }
    bridge.modules.add(module);
    const name = home === 'vault' ? 'wasmcell (vault)' : 'wasmcell';
    for (const [kind, work] of Object.entries(ways(bridge, inputs))) {
      works[kind] = { ...works[kind], [name]: work };
    }
  }
  return works;
}

function ways(bridge, { photo, png, raster, screenshot, small }) {
  const width = [{ tag: 'resize', val: { width: 1280 } }];
  const jpeg = { tag: 'jpeg', val: { quality: 80 } };
  const webp = { tag: 'webp', val: { quality: 80 } };
  const call = async (name, ...args) => (await bridge.call('image', name, args)).value;
  const pixels = ({ val }) => ({ width: val.width, data: val.pixels });
  return {
    resize: async () => pixels(await call('run-raster', picture(raster), {}, width, undefined)),
    jpeg: () => call('run', photo, {}, width, jpeg),
    'png-decode': async () => pixels(await call('run-raster', { tag: 'file', val: png }, {}, [], undefined)),
    'png-encode': async () => (await call('run-raster', picture(screenshot), {}, [], { tag: 'png', val: {} })).val,
    'webp-encode': async () => (await call('run-raster', picture(small), {}, [], webp)).val
  };
}

function picture({ width, height, data }) {
  return { tag: 'raster', val: { width, height, format: 'rgba8', pixels: new Uint8Array(data.buffer) } };
}
