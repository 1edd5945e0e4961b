import { endedError, WasmcellError } from './errors';
import type { Reply, Request } from './protocol';

/** The longest that `setTimeout` can wait, in milliseconds: 24 days. */
const MAX_TIMEOUT = 2 ** 31 - 1;

/** A worker of any kind (Web Worker, Node's worker thread), as the pool sees it. */
export interface WorkerLike {
  post(request: Request, transfer: Transferable[]): void;
  terminate(): void;
  /** Set by the pool. */
  onreply: (reply: Reply) => void;
  /** Set by the pool: the worker broke, and answers no more. */
  onbroken: (why: string) => void;
}

/** How a request is carried out. */
export interface ExecOptions {
  /** Ends the request: its worker is terminated, and a fresh one takes its place. */
  readonly signal?: AbortSignal | undefined;
  /** Time limit, counted from when a worker takes the request up; Infinity for none. */
  readonly seconds: number;
  /** Buffers and ports that are handed over. */
  readonly transfer?: Transferable[];
}

/** A reply that is none of failure. */
export type Answer = Extract<Reply, { value: unknown }>;

/** A pool of workers that do one request at a time, first come first served. */
export class Pool {
  readonly #spawn: () => WorkerLike;
  /** How many may be at work at a time. */
  readonly size: number;
  readonly #idleSeconds: number;
  readonly #idle: { slot: Slot; timer: ReturnType<typeof setTimeout> }[] = [];
  readonly #busy = new Set<Slot>();
  readonly #leased = new Set<Slot>();
  readonly #waiting: (() => void)[] = [];
  /** Turns that were given to those who waited, and not taken yet. */
  #granted = 0;
  #closed = false;

  /**
   * @param spawn Makes a worker.
   * @param options `size`: workers at work at a time; `idleSeconds`: when a worker without work is ended.
   */
  constructor(spawn: () => WorkerLike, { size, idleSeconds }: { size: number; idleSeconds: number }) {
    this.#spawn = spawn;
    this.size = Math.max(1, size);
    this.#idleSeconds = idleSeconds;
  }

  /** How many workers there are: at work, without work, and leased. */
  get workers(): { busy: number; idle: number; leased: number } {
    return { busy: this.#busy.size, idle: this.#idle.length, leased: this.#leased.size };
  }

  /**
   * Has a worker answer a request, when one is free.
   *
   * @throws WasmcellError what the worker answered, or `cancelled`, `limit-exceeded`, `trapped`, `closed`.
   */
  async exec(request: Request, options: ExecOptions): Promise<Answer> {
    const slot = await this.#take(options.signal);
    try {
      return await slot.exec(request, options);
    } finally {
      this.#busy.delete(slot);
      this.#give(slot);
    }
  }

  /**
   * A worker for one's own, beside the pool's; it goes back by `release`.
   *
   * @throws WasmcellError `closed`.
   */
  lease(): Slot {
    this.#check();
    const slot = this.#pop() ?? new Slot(this.#spawn());
    this.#leased.add(slot);
    return slot;
  }

  /** Takes a leased worker back; it must hold nothing any more. */
  release(slot: Slot): void {
    if (this.#leased.delete(slot)) {
      this.#give(slot);
    }
  }

  /** Ends all workers; what waits or runs fails as `closed`. */
  close(): void {
    this.#closed = true;
    for (const { slot, timer } of this.#idle.splice(0)) {
      clearTimeout(timer);
      slot.end(closedError());
    }
    for (const slot of [...this.#busy, ...this.#leased]) {
      slot.end(closedError());
    }
    this.#leased.clear();
    this.#waiting.splice(0).forEach(wake => wake());
  }

  async #take(signal: AbortSignal | undefined): Promise<Slot> {
    this.#check(signal);
    if (this.#busy.size + this.#granted >= this.size) {
      await this.#turn(signal);
      this.#granted--;
      this.#check();
    }
    try {
      const slot = this.#pop() ?? new Slot(this.#spawn());
      this.#busy.add(slot);
      return slot;
    } catch (error) {
      this.#wake(); // no worker can be had for this turn; the next one may have more luck
      throw error;
    }
  }

  /** Resolves when it is this one's turn; rejects if it is cancelled before. */
  #turn(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const grant = (): void => {
        this.#granted++;
        signal?.removeEventListener('abort', abort);
        resolve();
      };
      const abort = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(grant), 1);
        reject(cancelledError());
      };
      signal?.addEventListener('abort', abort, { once: true });
      this.#waiting.push(grant);
    });
  }

  #check(signal?: AbortSignal): void {
    if (this.#closed) {
      throw closedError();
    }
    if (signal?.aborted) {
      throw cancelledError();
    }
  }

  #pop(): Slot | undefined {
    const idle = this.#idle.pop();
    clearTimeout(idle?.timer);
    return idle?.slot;
  }

  #give(slot: Slot): void {
    if (!slot.ended && this.#idle.length < this.size && !this.#closed) {
      const timer = setTimeout(() => {
        this.#idle.splice(this.#idle.findIndex(idle => idle.slot === slot), 1);
        slot.end(closedError());
      }, this.#idleSeconds * 1000);
      this.#idle.push({ slot, timer });
    } else {
      slot.end(closedError());
    }
    this.#wake();
  }

  /** Lets the next one go ahead, if there is a turn to give: a leased worker that comes back brings none. */
  #wake(): void {
    if (this.#busy.size + this.#granted < this.size) {
      this.#waiting.shift()?.();
    }
  }
}

/** A worker and what it is doing. */
export class Slot {
  readonly #worker: WorkerLike;
  #settle: ((reply: Reply | WasmcellError) => void) | undefined;
  #end: WasmcellError | undefined;

  constructor(worker: WorkerLike) {
    this.#worker = worker;
    worker.onreply = reply => this.#settle?.(reply);
    worker.onbroken = why => this.end(new WasmcellError('trapped', `The worker broke: ${why}`));
  }

  /** Whether the worker is gone. */
  get ended(): boolean {
    return this.#end !== undefined;
  }

  /** Terminates the worker; a request under way fails with this error, and so do later ones. */
  end(error: WasmcellError): void {
    if (!this.#end) {
      this.#end = error;
      this.#worker.terminate();
      this.#settle?.(error);
    }
  }

  /** Has the worker answer a request; one at a time. */
  async exec(request: Request, { signal, seconds, transfer = [] }: ExecOptions): Promise<Answer> {
    if (this.#end) {
      throw this.#end.code === 'closed' ? this.#end : endedError(this.#end.message);
    }
    if (signal?.aborted) {
      throw cancelledError();
    }
    const abort = (): void => this.end(cancelledError());
    signal?.addEventListener('abort', abort);
    const timer = Number.isFinite(seconds)
      ? setTimeout(() => this.end(timeError(seconds)), Math.min(seconds * 1000, MAX_TIMEOUT))
      : undefined;
    try {
      const reply = await new Promise<Reply>((resolve, reject) => {
        this.#settle = reply => (reply instanceof WasmcellError ? reject(reply) : resolve(reply));
        this.#worker.post(request, transfer);
      });
      if ('fault' in reply) {
        throw WasmcellError.fromFault(reply.fault);
      }
      return reply;
    } finally {
      this.#settle = undefined;
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    }
  }
}

function cancelledError(): WasmcellError {
  return new WasmcellError('cancelled', 'The call was cancelled.');
}

function closedError(): WasmcellError {
  return new WasmcellError('closed', 'The engine is closed.');
}

function timeError(seconds: number): WasmcellError {
  return new WasmcellError('limit-exceeded', `The call took longer than its limit of ${seconds} seconds.`);
}
