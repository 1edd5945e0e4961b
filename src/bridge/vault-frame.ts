// What runs inside sealed frames: the vault, or a view, as the welcome says. The page's policy lets
// this script in; the frame's own policy, which follows it in the document, then lets nothing out and
// nothing else in.

import { mount } from '../views/mount';
import { serve } from './rpc';
import type { FrameReady } from './sealed';
import type { ViewWelcome } from './view';
import { WorkersHome, webWorker, type PoolOptions } from './workers';

/** What the page gives the vault, with a port. */
export interface VaultWelcome {
  readonly wasmcell: 'vault';
  /** The text of the worker's script. */
  readonly worker: string;
  readonly pool: PoolOptions;
}

/** The page is two frames up. */
const page = parent.parent;
const nonce = document.querySelector<HTMLMetaElement>('meta[name="wasmcell"]')?.content;

function welcome({ data, ports, source }: MessageEvent<VaultWelcome | ViewWelcome>): void {
  const [port, vault] = ports;
  if (source !== page || !port) {
    return;
  }
  if (nonce && data?.wasmcell === 'view' && data.nonce === nonce && vault) {
    removeEventListener('message', welcome);
    mount(document.body, data, port, vault);
  } else if (!nonce && data?.wasmcell === 'vault') {
    removeEventListener('message', welcome);
    const url = URL.createObjectURL(new Blob([data.worker], { type: 'text/javascript' }));
    serve(port, new WorkersHome(() => webWorker(url), data.pool));
  }
}

const STARTED = Symbol.for('wasmcell.vault');
if (!(STARTED in globalThis)) {
  Object.defineProperty(globalThis, STARTED, { value: true });
  // WebRTC knows no connect-src. Workers have none of these, and no frame in here can run a script
  // that would bring them back.
  for (const name of ['RTCPeerConnection', 'webkitRTCPeerConnection', 'RTCDataChannel']) {
    Reflect.deleteProperty(globalThis, name);
  }
  addEventListener('message', welcome);
  page.postMessage({ wasmcell: 'vault ready' } satisfies FrameReady, '*');
}
