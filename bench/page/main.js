// What Python drives: `bench.load(group)`, then `bench.time(case, peer)` again and again.
//
// A peer's module has `load(inputs)`, which gives its works: {case: {peer: async () => result}}. A result is
// what the peer itself gives: a file as Uint8Array, ArrayBuffer or Blob; pixels as {width, data, channels} (ImageData
// has four) or as a canvas; a text as {text}.
const PEERS = {
  pictures: ['wasmcell', 'pica', 'jsquash', 'photon', 'vips', 'canvas'],
  documents: ['wasmcell-pdf', 'pdfjs', 'pdfium', 'mupdf', 'pdf-lib']
};
const works = {};

/** Has the peers of a group do their works; `pages` says which page of each document is rendered. */
async function load(group, pages) {
  const inputs = group === 'pictures' ? await pictures() : { documents: await files(pages), pages };
  // One after the other, so that no start disturbs another.
  for (const name of PEERS[group]) {
    const peer = await import(`./peers/${name}.js`);
    for (const [kind, ways] of Object.entries(await peer.load(inputs))) {
      works[kind] = { ...works[kind], ...ways };
    }
  }
  return Object.fromEntries(Object.entries(works).map(([kind, ways]) => [kind, Object.keys(ways)]));
}

async function bytes(name) {
  return new Uint8Array(await (await fetch(`/inputs/${name}`)).arrayBuffer());
}

async function pictures() {
  const pixels = async (name, width) => new ImageData(new Uint8ClampedArray((await bytes(name)).buffer), width);
  return {
    photo: await bytes('photo.jpg'),
    png: await bytes('example.png'),
    raster: await pixels('raster.rgba', 3840),
    screenshot: await pixels('screenshot.rgba', 2558),
    small: await pixels('small.rgba', 1280)
  };
}

async function files(pages) {
  const named = pages.map(async ([name]) => [name, await bytes(`${name}.pdf`)]);
  return Object.fromEntries(await Promise.all(named));
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
  let [query, body] = ['', result];
  if (result.data) {
    [query, body] = [`?width=${result.width}&channels=${result.channels ?? 4}`, result.data];
  } else if (result.text !== undefined) {
    [query, body] = ['?text=1', result.text];
  }
  await fetch(`/results${query}`, { method: 'POST', body });
}

globalThis.bench = { load, time, send };
