// Bundles the TypeScript: src/**/*.ts → wasmcell/static/*.js.
//
//     bridge.js        the bridge as an ES module
//     worker.js        the Web Worker, with the glue of all first-party modules
//     vault-frame.js   what runs inside the vault, and in its views
//     pyodide-worker.js  holds instances beside Pyodide, for Python's engine `pyodide`
//     page.js          the page that Python's engine `chromium` drives
//     widget-*.js      front-ends of widgets, for every host of anywidget
//     node.mjs, node-worker.mjs   what Python's engine `node` runs
//
// and, into build/lite/scripts/, the service worker and the page's script of the JupyterLite site.
//
// With WASMCELL_RELEASE=1 the workers lack the glue of `echo`, the tests' own module: it does not ship.

import { build } from 'esbuild';
import { readFile, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const SRC = new URL('../', import.meta.url);
const OUT = fileURLToPath(new URL('../../wasmcell/static/', import.meta.url));

const SITE = fileURLToPath(new URL('../../build/lite/scripts/', import.meta.url));

const withoutEcho = {
  name: 'without echo',
  setup: ({ onLoad }) =>
    onLoad({ filter: /generated[/\\]index\.ts$/ }, async ({ path }) => ({
      contents: (await readFile(path, 'utf8')).replace(/^.*\becho\b.*\n/gm, ''),
      loader: 'ts'
    }))
};

const shared = {
  absWorkingDir: fileURLToPath(SRC),
  outdir: OUT,
  bundle: true,
  minify: true,
  legalComments: 'inline',
  target: 'es2022',
  logLevel: 'info',
  // jco's glue looks for JSPI for each function that it links, and pays a millisecond for each where
  // there is none (the error's text wants the source parsed again). All our functions are synchronous.
  define: { 'WebAssembly.promising': 'promising' },
  inject: ['build/promising.mjs'],
  // Styles of views and widgets, which bring their own.
  loader: { '.css': 'text' },
  plugins: process.env.WASMCELL_RELEASE === '1' ? [withoutEcho] : []
};

// It is in the workers; its licence asks to be with them.
const HASH = await readFile(fileURLToPath(new URL('../../node_modules/hash-wasm/LICENSE', import.meta.url)), 'utf8');
const licences = { footer: { js: `/*! hash-wasm\n${HASH}*/` } };

await rm(OUT, { recursive: true, force: true });
await Promise.all([
  build({
    ...shared,
    ...licences,
    format: 'iife',
    platform: 'browser',
    entryPoints: {
      worker: 'bridge/worker.ts',
      'vault-frame': 'bridge/vault-frame.ts',
      'pyodide-worker': 'pyodide/worker.ts'
    }
  }),
  build({
    ...shared,
    format: 'esm',
    platform: 'browser',
    entryPoints: {
      bridge: 'bridge/index.ts',
      page: 'page/main.ts',
      'widget-page': 'widgets/page.ts',
      'widget-pick': 'widgets/pick.ts',
      'widget-preview': 'widgets/preview.ts',
      'widget-ledger': 'widgets/ledger.ts',
      'widget-workbench': 'widgets/workbench.ts',
      'widget-reader': 'widgets/reader.ts',
      'widget-report': 'widgets/report.ts',
      'widget-form': 'widgets/form.ts'
    }
  }),
  build({
    ...shared,
    ...licences,
    format: 'esm',
    platform: 'node',
    mainFields: ['module', 'main'], // what is not used of a library is left out of its ES module alone
    outExtension: { '.js': '.mjs' }, // where it is installed there is no package.json to say so
    entryPoints: { node: 'node/main.ts', 'node-worker': 'node/worker.ts' }
  }),
  build({ ...shared, outdir: SITE, format: 'iife', platform: 'browser', entryPoints: { 'service-worker': 'lite/service-worker.ts' } }),
  build({ ...shared, outdir: SITE, format: 'esm', platform: 'browser', entryPoints: { offline: 'lite/offline.ts' } })
]);
