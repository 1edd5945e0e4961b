import { WasmcellError } from './errors';
import type { Call, Home, Target } from './home';
import type { LoadedModule } from './modules';
import type { Answer } from './pool';
import { Caller } from './rpc';
import type { FileRef } from './values';
import type { VaultReady, VaultWelcome } from './vault-frame';
import type { PoolOptions } from './workers';

/** A script: where it lies, or what it says. */
export type Script = URL | { readonly text: string };

/**
 * What the vault may do: run WebAssembly, in workers that it makes from its own blobs. No network, no
 * other script, no frame, no form.
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'wasm-unsafe-eval'",
  'worker-src blob:',
  "connect-src 'none'",
  "frame-src 'none'",
  "form-action 'none'",
  "base-uri 'none'"
].join('; ');

/** How long the vault may take to load, and then to say so, in milliseconds. */
const START = 10_000;
const GRACE = 1_000;

/**
 * The home that neither the network nor the page's own scripts can look into: a sandboxed frame of
 * opaque origin which hangs on the document's body for the page's life (a frame that is moved
 * reloads, and would lose what it holds), with workers from blobs.
 *
 * There are two frames, one in the other: a frame may lead itself elsewhere, and only the policy of
 * the frame around it (`frame-src 'none'`) forbids that.
 */
export class VaultHome implements Home {
  readonly kind = 'vault';
  readonly #frame: HTMLIFrameElement;
  readonly #caller: Caller;

  private constructor(frame: HTMLIFrameElement, caller: Caller) {
    this.#frame = frame;
    this.#caller = caller;
  }

  /**
   * Builds the vault.
   *
   * @param frame The script `vault-frame.js`.
   * @param worker The script `worker.js`.
   * @throws WasmcellError `unavailable` if the page's own policy, which the vault inherits, forbids it.
   */
  static async start(frame: Script, worker: Script, pool: PoolOptions): Promise<VaultHome> {
    const [frameText, workerText] = await Promise.all([read(frame), read(worker)]);
    const element = document.createElement('iframe');
    element.setAttribute('sandbox', 'allow-scripts');
    element.setAttribute('aria-hidden', 'true');
    element.tabIndex = -1;
    element.style.cssText = 'position:fixed;width:0;height:0;border:0;visibility:hidden';
    element.srcdoc = outer(inner(frame, frameText));
    const ready = started(element);
    document.body.append(element);
    try {
      const vault = await ready;
      const { port1, port2 } = new MessageChannel();
      const welcome: VaultWelcome = { wasmcell: 'vault', worker: workerText, pool };
      vault.postMessage(welcome, '*', [port2]);
      const home = new VaultHome(element, new Caller(port1));
      await home.ready();
      return home;
    } catch (error) {
      element.remove();
      throw new WasmcellError('unavailable', `The vault cannot start here: ${(error as Error).message}`);
    }
  }

  ready(): Promise<void> {
    return this.#caller.call('ready', []);
  }

  load(module: LoadedModule): Promise<void> {
    return this.#caller.call('load', [module]);
  }

  call(target: Target, call: Call, signal?: AbortSignal): Promise<Answer> {
    return this.#caller.call('call', [target, call], signal);
  }

  open(target: Target, seconds: number): Promise<number> {
    return this.#caller.call('open', [target, seconds]);
  }

  use(session: number, call: Call, signal?: AbortSignal): Promise<Answer> {
    return this.#caller.call('use', [session, call], signal);
  }

  drop(session: number, resource: number): Promise<void> {
    return this.#caller.call('drop', [session, resource]);
  }

  close(session: number): Promise<void> {
    return this.#caller.call('close', [session]);
  }

  put(file: Blob, name: string): Promise<FileRef> {
    return this.#caller.call('put', [file, name]);
  }

  pull(file: FileRef): Promise<Uint8Array<ArrayBuffer>> {
    return this.#caller.call('pull', [file]);
  }

  forget(file: FileRef): Promise<void> {
    return this.#caller.call('forget', [file]);
  }

  dispose(): void {
    this.#caller.close(new WasmcellError('closed', 'The engine is closed.'));
    this.#frame.remove();
  }
}

/**
 * The vault's document. The script comes by address and as text: a policy like `script-src 'self'` lets
 * only the one in, cross-origin isolation without headers for it only the other; the second of two does
 * nothing. The vault's own policy comes after them, for it would let in neither.
 */
function inner(script: Script, text: string): string {
  return [
    '<!doctype html><head>',
    'text' in script ? '' : `<script src="${attribute(script.href)}"></script>`,
    `<script>${text.replaceAll('</script', '<\\/script')}</script>`,
    `<meta http-equiv="Content-Security-Policy" content="${POLICY}">`
  ].join('');
}

/** The document around the vault's. Its policy is inherited, so it forbids nothing but to lead elsewhere. */
function outer(document: string): string {
  return [
    '<!doctype html><head>',
    `<meta http-equiv="Content-Security-Policy" content="frame-src 'none'">`,
    `</head><body><iframe sandbox="allow-scripts" srcdoc="${attribute(document)}"></iframe>`
  ].join('');
}

function attribute(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
}

/** Resolves with the vault's window when its script runs. */
function started(element: HTMLIFrameElement): Promise<Window> {
  return new Promise((resolve, reject) => {
    const settle = (): void => {
      removeEventListener('message', hear);
      clearTimeout(timer);
    };
    const hear = ({ source, data }: MessageEvent<VaultReady | undefined>): void => {
      const vault = element.contentWindow?.[0];
      if (vault && source === vault && data?.wasmcell === 'vault ready') {
        settle();
        resolve(vault);
      }
    };
    const fail = (): void => {
      settle();
      reject(new WasmcellError('unavailable', "this page's policy forbids its script."));
    };
    let timer = setTimeout(fail, START);
    addEventListener('message', hear);
    // Once the frames are loaded, their script has run, or never will; its word may still be on the way.
    element.addEventListener('load', () => {
      clearTimeout(timer);
      timer = setTimeout(fail, GRACE);
    });
  });
}

async function read(script: Script): Promise<string> {
  if ('text' in script) {
    return script.text;
  }
  const response = await fetch(script);
  if (!response.ok) {
    throw new WasmcellError('unavailable', `${script} cannot be read: ${response.status}.`);
  }
  return response.text();
}
