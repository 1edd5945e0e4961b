// Calls of a home's methods through a MessagePort, on which page and vault meet.

import { WasmcellError, type Fault } from './errors';
import type { Home } from './home';
import { buffers } from './values';

type Method = Exclude<keyof Home, 'kind'>;

/** What goes to the home: a call, or word that a call is cancelled. */
export type Ask =
  | { readonly id: number; readonly method: Method; readonly args: readonly unknown[] }
  | { readonly id: number; readonly cancel: true };

/** What comes back. */
export type Tell =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly fault: Fault };

/** The asking end. */
export class Caller {
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
    port.onmessageerror = () => this.close(new WasmcellError('trapped', 'An answer of the vault cannot be read.'));
  }

  /** Calls a method of the home at the other end; binary data in `args` is handed over. */
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
      this.#port.postMessage({ id, method, args } satisfies Ask, method === 'load' ? [] : buffers(args));
      signal?.addEventListener('abort', cancel);
    }).finally(() => signal?.removeEventListener('abort', cancel)) as Promise<T>;
  }

  /** Ends the connection; what is pending, and what comes, fails with this error. */
  close(error: WasmcellError): void {
    this.#closed = error;
    this.#port.close();
    this.#pending.forEach(pending => pending.reject(error));
    this.#pending.clear();
  }
}

/** The answering end: lets the other end of a port call the methods of a home. */
export function serve(port: MessagePort, home: Home): void {
  const running = new Map<number, AbortController>();
  const tell = (message: Tell, transfer: ArrayBuffer[] = []): void => port.postMessage(message, transfer);

  const carryOut = async ({ id, method, args }: Extract<Ask, { method: Method }>): Promise<void> => {
    const controller = new AbortController();
    running.set(id, controller);
    try {
      const call = home[method] as (...args: unknown[]) => unknown;
      const value = await call.call(home, ...args, ...(TAKES_SIGNAL.has(method) ? [controller.signal] : []));
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
}

const TAKES_SIGNAL: ReadonlySet<Method> = new Set(['call', 'use']);
