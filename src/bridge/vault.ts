import { WasmcellError } from './errors';
import type { Call, Home, HomeMethod, HomeStatus, Target } from './home';
import type { LoadedModule } from './modules';
import type { Answer } from './pool';
import { Caller, goneError } from './rpc';
import type { FileRef } from './values';
import { read, sealed, started, type Script } from './sealed';
import type { VaultWelcome } from './vault-frame';
import type { PoolOptions } from './workers';

export type { Script } from './sealed';

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

/**
 * The home that neither the network nor the page's own scripts can look into: a sandboxed frame of
 * opaque origin which hangs on the document's body for the page's life (a frame that is moved
 * reloads, and would lose what it holds), with workers from blobs.
 */
export class VaultHome implements Home {
  readonly kind = 'vault';
  readonly #frame: HTMLIFrameElement;
  readonly #caller: Caller<HomeMethod>;
  /** What its views are made of: the vault's own script. */
  readonly frame: { readonly script: Script; readonly text: string };

  private constructor(element: HTMLIFrameElement, caller: Caller<HomeMethod>, frame: VaultHome['frame']) {
    this.#frame = element;
    this.#caller = caller;
    this.frame = frame;
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
    const element = sealed({ script: frame, text: frameText, policy: POLICY });
    element.setAttribute('aria-hidden', 'true');
    element.tabIndex = -1;
    element.style.cssText = 'position:fixed;width:0;height:0;border:0;visibility:hidden';
    const ready = started(element);
    document.body.append(element);
    try {
      const vault = await ready;
      const { port1, port2 } = new MessageChannel();
      const welcome: VaultWelcome = { wasmcell: 'vault', worker: workerText, pool };
      vault.postMessage(welcome, '*', [port2]);
      const caller = new Caller<HomeMethod>(port1);
      whenTaken(element, () => caller.close(goneError()));
      const home = new VaultHome(element, caller, { script: frame, text: frameText });
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

  read(file: FileRef, start: number, end: number): Promise<Uint8Array<ArrayBuffer>> {
    return this.#caller.call('read', [file, start, end]);
  }

  revoke(file: FileRef): Promise<void> {
    return this.#caller.call('revoke', [file]);
  }

  forget(file: FileRef): Promise<void> {
    return this.#caller.call('forget', [file]);
  }

  view(port: MessagePort, signal: AbortSignal): Promise<void> {
    return this.#caller.call('view', [port], signal);
  }

  status(): Promise<HomeStatus> {
    return this.#caller.call('status', []);
  }

  dispose(): void {
    this.#caller.close(new WasmcellError('closed', 'The engine is closed.'));
    this.#frame.remove();
  }
}

/** Calls `taken` when an element of the body is removed or moved. Not in all browsers ports tell that their other end is gone. */
function whenTaken(element: Element, taken: () => void): void {
  const observer = new MutationObserver(records => {
    if (records.some(({ removedNodes }) => [...removedNodes].includes(element))) {
      observer.disconnect();
      taken();
    }
  });
  observer.observe(document.body, { childList: true });
}
