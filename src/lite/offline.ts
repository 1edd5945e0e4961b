// A script of the site's pages: it copies the site into the browser, so that it opens without its server, and says
// what keeps the site from working, where JupyterLite would only wait.

import { cacheName } from './cache';
import { Copier, type Listing } from './copier';
import { follow } from './lab';
import { Notice } from './notice';

/** As long as a module with one SIMD instruction is valid, SIMD is there: `(func (drop (v128.const i64x2 0 0)))`. */
const SIMD = Uint8Array.of(
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 10, 23, 1, 21, 0, 253, 12],
  ...Array<number>(16).fill(0),
  ...[26, 11]
);

/** So many faults are told one by one. */
const FEW = 3;
const AGAIN = 'Copy all of its files again.';

const notice = new Notice();
const copying = notice.line();
const starting = notice.line();
let isBroken = false;
/** Where the site lies: this script is beside its `index.html`. */
const base = new URL('.', import.meta.url);

// JupyterLite waits for a kernel that failed to start, and has its reason, a text, here.
addEventListener('unhandledrejection', ({ reason }) => {
  if (typeof reason === 'string' && !reason.endsWith('was disposed')) {
    fail(`Python cannot start: ${reason}`);
  }
});

/** Says what is wrong with the site. What waits for it may wait for ever, so nobody is told to wait. */
function fail(text: string): void {
  isBroken = true;
  starting('');
  notice.alert(text);
}

async function main(): Promise<void> {
  if (typeof WebAssembly !== 'object' || !WebAssembly.validate(SIMD)) {
    notice.alert(
      'This browser has no WebAssembly with SIMD, which this site needs. Firefox from 89, Chrome and Edge from 91, and ' +
        'Safari from 16.4 have it; some turn it off in a mode of higher security.'
    );
    return;
  }
  if (!navigator.serviceWorker) {
    notice.alert(
      'This page may have no service worker, so notebooks cannot read files, and the site does not open without its ' +
        'server. Open it by https or on localhost, and in no private window.'
    );
    return;
  }
  try {
    await keep(await caches.open(cacheName(base.href)));
  } catch (error) {
    copying('');
    notice.alert(`This site works, but will not open without its server: ${(error as Error).message}`);
  }
}

/** Brings the copy up to date. */
async function keep(cache: Cache): Promise<void> {
  const address = new URL('files.json', base);
  const response = await fetch(address, { cache: 'no-cache' });
  if (!response.ok) {
    fail(`This site is not whole: files.json is missing (${response.status}). ${AGAIN}`);
    return;
  }
  const listing = (await response.clone().json()) as Listing;
  const faults = await new Copier(base, cache).copy(listing, (done, all, faults) => {
    copying(`Copying for use offline: ${done} of ${all} files`);
    faults.slice(0, FEW).forEach(fault => fail(`This site is not whole: ${fault}. ${AGAIN}`));
  });
  if (faults.length) {
    copying('');
    if (faults.length > FEW) {
      notice.alert(`This site is not whole: ${faults.length} files are missing or wrong. ${AGAIN}`);
    }
  } else {
    await cache.put(address, response);
    copying('Ready for use offline', 4000);
  }
}

follow(text => starting(isBroken ? '' : text), notice.line());
void main();
