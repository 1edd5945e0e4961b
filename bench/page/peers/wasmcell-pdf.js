// The bridge's documents: what is fresh is opened in a session of its own.
import { Bridge, moduleAt } from '/static/bridge.js';

const scripts = {
  worker: new URL('/static/worker.js', location.href),
  vault: new URL('/static/vault-frame.js', location.href)
};

export async function load({ documents, pages }) {
  const bridge = await Bridge.start({ home: 'workers', scripts });
  bridge.modules.add(await moduleAt(new URL('/modules/pdf.wasm', location.href)));
  const open = async data => {
    const session = await bridge.session('pdf');
    const { value } = await session.call('[static]document.open', [data, {}]);
    return { session, document: value };
  };
  const pixels = async ({ session, document }, number) => {
    const { value } = await session.call('[method]document.render', [document, number, { dpi: 96 }]);
    const { width, pixels } = value.raster;
    return { width, data: pixels, channels: 3 };
  };
  const works = {};
  for (const [name, number] of pages) {
    const kept = await open(documents[name]);
    works[`fresh ${name}`] = {
      wasmcell: async () => {
        const opened = await open(documents[name]);
        try {
          return await pixels(opened, number);
        } finally {
          await opened.session.close();
        }
      }
    };
    works[`warm ${name}`] = { wasmcell: () => pixels(kept, number) };
  }
  const call = async (name, ...args) => (await bridge.call('pdf', name, args)).value;
  works.text = { wasmcell: async () => ({ text: (await call('text', documents.book)).join('\n') }) };
  works.merge = {
    wasmcell: () =>
      call('run', documents.book, {}, [{ tag: 'append', val: { file: documents.paper } }], { tag: 'pdf', val: {} })
  };
  return works;
}
