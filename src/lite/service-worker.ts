// The site's service worker. What JupyterLite's own does (files for its kernels) is not touched; besides, what is
// asked of the site is answered by the server while it is there, else from the copy that `offline.ts` has made.
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

addEventListener('fetch', event => {
  const { request } = event as FetchEvent;
  if (request.method === 'GET' && request.url.startsWith(registration.scope)) {
    event.stopImmediatePropagation();
    (event as FetchEvent).respondWith(answer(request));
  }
});

importScripts('jupyterlite-service-worker.js');

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
