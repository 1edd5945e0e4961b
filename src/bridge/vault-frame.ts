// What runs inside the vault. The page's policy lets this script in; the vault's own policy, which
// follows it in the document, then lets nothing out and nothing else in.

import { serve } from './rpc';
import { WorkersHome, webWorker, type PoolOptions } from './workers';

/** What the page gives the vault, with a port. */
export interface VaultWelcome {
  readonly wasmcell: 'vault';
  /** The text of the worker's script. */
  readonly worker: string;
  readonly pool: PoolOptions;
}

/** The vault's word that it can be given a port. */
export interface VaultReady {
  readonly wasmcell: 'vault ready';
}

/** The page is two frames up. */
const page = parent.parent;

function welcome({ data, ports, source }: MessageEvent<VaultWelcome>): void {
  const [port] = ports;
  if (source === page && data?.wasmcell === 'vault' && port) {
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
  page.postMessage({ wasmcell: 'vault ready' } satisfies VaultReady, '*');
}
