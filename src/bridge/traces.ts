import type { FunctionName } from './description';
import { WasmcellError } from './errors';
import type { Home } from './home';
import { isFileRef, map } from './values';

/** What ran where, for how long, and how many bytes went in and came out. */
export interface Trace {
  readonly id: number;
  /** The module's name. */
  readonly module: string;
  /** The function's WIT name. */
  readonly function: string;
  /** The cases that were asked for, as in `resize, webp`. */
  readonly cases: readonly string[];
  readonly home: Home['kind'];
  /** When it was asked for, in milliseconds since the epoch. */
  readonly start: number;
  readonly state: 'running' | 'done' | 'failed' | 'cancelled';
  /** From when it was asked for until it ended, in seconds; undefined while it runs. */
  readonly elapsed?: number;
  /** How long the work took in its worker; undefined unless it is done. */
  readonly seconds?: number;
  /** Bytes of the files it was given, wherever they are. */
  readonly bytesIn: number;
  /** Bytes of what it gave, wherever they are. */
  readonly bytesOut: number;
  /** Why it failed. */
  readonly error?: string;
}

/** So many calls that have ended are remembered. */
const KEPT = 200;

/** The calls: those that run, and the last that have ended. */
export class Traces {
  readonly #traces = new Map<number, Trace>();
  readonly #controllers = new Map<number, AbortController>();
  readonly #observers = new Set<() => void>();
  #next = 1;

  /** All that are remembered, oldest first. */
  get all(): Trace[] {
    return [...this.#traces.values()];
  }

  /** How many run, or wait for a worker. */
  get running(): number {
    return this.#controllers.size;
  }

  /** Ends a call, which fails as `cancelled`; one that has ended already is no error. */
  cancel(id: number): void {
    this.#controllers.get(id)?.abort();
  }

  /** Calls `observer` at each change from now on; returns how to stop it. */
  observe(observer: () => void): () => void {
    this.#observers.add(observer);
    return () => this.#observers.delete(observer);
  }

  /**
   * Follows a call.
   *
   * @param send Makes the call; its signal is aborted when `signal` is, or by `cancel`.
   */
  async follow<T extends { readonly value: unknown; readonly seconds: number }>(
    module: string,
    { name }: FunctionName,
    args: readonly unknown[],
    home: Home['kind'],
    signal: AbortSignal | undefined,
    send: (signal: AbortSignal) => Promise<T>
  ): Promise<T> {
    const id = this.#next++;
    const start = Date.now();
    const begun = performance.now();
    const controller = new AbortController();
    const abort = (): void => controller.abort();
    const bytesIn = dataSize(args);
    let trace: Trace = { id, module, function: name, cases: cases(args), home, start, state: 'running', bytesIn, bytesOut: 0 };
    const put = (change: Partial<Trace>): void => {
      trace = Object.freeze({ ...trace, ...change });
      this.#traces.set(id, trace);
      this.#observers.forEach(observer => observer());
    };
    const end = (change: Partial<Trace>): void => {
      signal?.removeEventListener('abort', abort);
      this.#controllers.delete(id);
      put({ ...change, elapsed: (performance.now() - begun) / 1000 });
      this.#forget();
    };
    this.#controllers.set(id, controller);
    put({});
    signal?.addEventListener('abort', abort);
    if (signal?.aborted) {
      abort();
    }
    try {
      const outcome = await send(controller.signal);
      end({ state: 'done', seconds: outcome.seconds, bytesOut: dataSize(outcome.value) });
      return outcome;
    } catch (thrown) {
      const { code, message } = WasmcellError.from(thrown, 'trapped');
      end(code === 'cancelled' ? { state: 'cancelled' } : { state: 'failed', error: message });
      throw thrown;
    }
  }

  #forget(): void {
    for (const id of this.#traces.keys()) {
      if (this.#traces.size - this.#controllers.size <= KEPT) {
        return;
      }
      if (!this.#controllers.has(id)) {
        this.#traces.delete(id);
      }
    }
  }
}

/** Bytes of all binary data in a value, and of the files that it refers to. */
function dataSize(value: unknown): number {
  let bytes = 0;
  map(value, object => {
    if (isFileRef(object)) {
      bytes += object.size;
      return object;
    }
    bytes += ArrayBuffer.isView(object) ? object.byteLength : 0;
    return undefined;
  });
  return bytes;
}

/** The cases of variants among the arguments, alone or in lists: the steps of a pipeline, and its output. */
function cases(args: readonly unknown[]): string[] {
  return args
    .flatMap(arg => (Array.isArray(arg) ? (arg as unknown[]) : [arg]))
    .flatMap(arg => (typeof arg === 'object' && arg !== null && 'tag' in arg ? [String(arg.tag)] : []));
}
