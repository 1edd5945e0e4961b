// Calls of an object's methods through a MessagePort, on which page, views and vault meet.

import { WasmcellError, type Fault } from './errors';
import { buffers } from './values';

/** What goes to the object: a call, or word that a call is cancelled. */
export type Ask =
  | { readonly id: number; readonly method: string; readonly args: readonly unknown[] }
  | { readonly id: number; readonly cancel: true };

/** What comes back. */
export type Tell =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly fault: Fault };

/** The asking end; `Method` are the names of the methods at the other. */
export class Caller<Method extends string> {
  readonly #port: MessagePort;
  readonly #pending = new Map<number, { resolve(value: unknown): void; reject(error: WasmcellError): void }>();
  #next = 1;
  #closed: WasmcellError | undefined;

  constructor(port: MessagePort) {
    this.#port = port;
    port.onmessage = ({ data }: MessageEvent<Tell>) => {
      const pending = this.#pending.get(data.id);
      this.#pending.delete(data.id);
      if ('fault' in data) {
        pending?.reject(WasmcellError.fromFault(data.fault));
      } else {
        pending?.resolve(data.value);
      }
    };
    // The frame at the other end was taken out of the page, or has crashed.
    port.addEventListener('close', () => this.close(goneError()));
    port.onmessageerror = () => this.close(new WasmcellError('trapped', 'An answer of the vault cannot be read.'));
  }

  /** Calls a method at the other end; binary data and ports in `args` are handed over. */
  call<T>(method: Method, args: readonly unknown[], signal?: AbortSignal): Promise<T> {
    const id = this.#next++;
    const cancel = (): void => this.#port.postMessage({ id, cancel: true } satisfies Ask);
    return new Promise<unknown>((resolve, reject) => {
      if (this.#closed) {
        throw this.#closed;
      }
      if (signal?.aborted) {
        throw new WasmcellError('cancelled', 'The call was cancelled.');
      }
      this.#pending.set(id, { resolve, reject });
      this.#port.postMessage({ id, method, args } satisfies Ask, method === 'load' ? [] : transferables(args));
      signal?.addEventListener('abort', cancel);
    }).finally(() => signal?.removeEventListener('abort', cancel)) as Promise<T>;
  }

  /** Ends the connection; what is pending, and what comes, fails with this error. */
  close(error: WasmcellError): void {
    this.#closed ??= error;
    this.#port.close();
    this.#pending.forEach(pending => pending.reject(error));
    this.#pending.clear();
  }
}

/** What is said when the vault is not there any more: it cannot be started again with what it held. */
export function goneError(): WasmcellError {
  return new WasmcellError(
    'closed',
    'The vault is gone from this page, and with it the files that it kept: reload the page, and choose them again.'
  );
}

/**
 * The answering end: lets the other end of a port call the methods of an object.
 *
 * @returns Ends that, with what runs: a port does not tell that its other end is gone.
 */
export function serve(port: MessagePort, target: object): () => void {
  const running = new Map<number, AbortController>();
  const tell = (message: Tell, transfer: ArrayBuffer[] = []): void => port.postMessage(message, transfer);

  const carryOut = async ({ id, method, args }: Extract<Ask, { method: string }>): Promise<void> => {
    const controller = new AbortController();
    running.set(id, controller);
    try {
      const call = (target as Record<string, (...args: unknown[]) => unknown>)[method]!;
      const value = await call.call(target, ...args, ...(TAKES_SIGNAL.has(method) ? [controller.signal] : []));
      tell({ id, value }, buffers(value));
    } catch (error) {
      tell({ id, fault: WasmcellError.from(error, 'trapped').toFault() });
    } finally {
      running.delete(id);
    }
  };

  port.onmessage = ({ data }: MessageEvent<Ask>) => {
    if ('cancel' in data) {
      running.get(data.id)?.abort();
    } else {
      void carryOut(data);
    }
  };
  return () => {
    port.close();
    running.forEach(controller => controller.abort());
  };
}

const TAKES_SIGNAL: ReadonlySet<string> = new Set(['call', 'use', 'digest', 'view']);

function transferables(args: readonly unknown[]): Transferable[] {
  return [...buffers(args), ...args.filter(arg => arg instanceof MessagePort)];
}
