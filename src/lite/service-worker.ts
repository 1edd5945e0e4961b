// The site's service worker. What JupyterLite's own does (files for its kernels) is not touched; besides, what is
// asked of the site is answered by the server while it is there, else from the copy that `offline.ts` has made. Scripts
// of workers get the site's policy, which those have from no page: the server may send no headers.
//
// JupyterLite's own copies only what is asked for after it was started, and forgets to when it is started again.

import { cacheName } from './cache';

declare const registration: { readonly scope: string };
declare function importScripts(url: string): void;

/** What the types of a page leave out. */
interface FetchEvent extends Event {
  readonly request: Request;
  respondWith(response: Promise<Response>): void;
}

/** Where JupyterLite asks its own service worker, wherever the site lies; other files of the site are in `/api/`, too. */
const OWN = /^\/api\/(drive|stdin\/|service-worker-heartbeat)/;

addEventListener('fetch', event => {
  const { request } = event as FetchEvent;
  const { scope } = registration;
  const own = OWN.test(new URL(request.url).pathname);
  if (request.method === 'GET' && request.url.startsWith(scope) && !own) {
    event.stopImmediatePropagation();
    (event as FetchEvent).respondWith(request.destination === 'worker' ? sealed(request) : answer(request));
  }
});

importScripts('jupyterlite-service-worker.js');

/** The script of a worker, with the policy. */
async function sealed(request: Request): Promise<Response> {
  const [script, policy] = await Promise.all([answer(request), answer(new Request(new URL('policy.txt', registration.scope)))]);
  if (!script.ok || !policy.ok) {
    return script.ok ? policy : script; // without it, none is to run
  }
  const headers = new Headers(script.headers);
  headers.set('Content-Security-Policy', (await policy.text()).trim());
  return new Response(script.body, { headers });
}

async function answer(request: Request): Promise<Response> {
  try {
    const response = await fetch(request);
    return response.ok ? response : ((await copy(request)) ?? response);
  } catch (error) {
    const found = await copy(request);
    if (found) {
      return found;
    }
    throw error;
  }
}

/** What was kept of a file; folders are their `index.html`. */
async function copy({ url }: Request): Promise<Response | undefined> {
  const file = new URL(url);
  if (file.pathname.endsWith('/')) {
    file.pathname += 'index.html';
  }
  const cache = await caches.open(cacheName(registration.scope));
  return cache.match(file, { ignoreSearch: true, ignoreVary: true });
}
