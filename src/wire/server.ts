// What Python's engines speak to, in Node and in the page: requests in, answers out, over any channel.

import { WasmcellError, type Fault } from '../bridge/errors';
import type { Bridge, CallOptions, Limits, Session } from '../bridge/bridge';
import type { Description } from '../bridge/description';
import { decode, encode } from './values';
import type { Frame } from './frames';

/** What Python asks; modules are spoken of by sha256. Every request but `cancel` is answered, under its `id`. */
export type Ask =
  | { readonly id: number; readonly op: 'module'; readonly description: Description; readonly source: string }
  | ({ readonly id: number; readonly op: 'call'; readonly module: string } & Invocation)
  | ({ readonly id: number; readonly op: 'open'; readonly module: string } & Limited)
  | ({ readonly id: number; readonly op: 'use'; readonly session: number } & Invocation)
  | { readonly id: number; readonly op: 'drop'; readonly session: number; readonly resource: number }
  | { readonly id: number; readonly op: 'close'; readonly session: number }
  | { readonly id: number; readonly op: 'cancel' };

interface Limited {
  readonly memory: number;
  /** Null for no limit, left out for the bridge's. */
  readonly seconds?: number | null;
}

interface Invocation extends Limited {
  readonly function: string;
  readonly args: unknown[];
  /** As a bridge's call has it. */
  readonly keep?: string;
}

/** What Python is answered. */
export type Tell =
  | { readonly id: number; readonly value: unknown; readonly seconds: number }
  | { readonly id: number; readonly fault: Fault };

type Read = (source: string, attachments: readonly Uint8Array<ArrayBuffer>[]) => Promise<Uint8Array<ArrayBuffer>>;

/** Answers requests by a bridge. */
export class Server {
  readonly #bridge: Bridge;
  readonly #read: Read;
  readonly #tell: (message: Tell, attachments: Uint8Array[]) => void;
  readonly #running = new Map<number, AbortController>();
  readonly #sessions = new Map<number, Session>();

  /**
   * @param read Gets the bytes of a module from where Python says they are, or from what came with it.
   * @param tell Sends an answer.
   */
  constructor(
    bridge: Bridge,
    read: Read,
    tell: (message: Tell, attachments: Uint8Array[]) => void
  ) {
    this.#bridge = bridge;
    this.#read = read;
    this.#tell = tell;
  }

  /** Takes a request; the answer comes by `tell`. */
  async take({ message, attachments }: Frame): Promise<void> {
    const ask = message as Ask;
    if (ask.op === 'cancel') {
      this.#running.get(ask.id)?.abort();
      return;
    }
    const controller = new AbortController();
    this.#running.set(ask.id, controller);
    try {
      const { value, seconds } = await this.#do(ask, attachments, controller.signal);
      const out: Uint8Array[] = [];
      this.#tell({ id: ask.id, value: encode(value, out), seconds }, out);
    } catch (error) {
      const fault = WasmcellError.from(error, 'trapped').toFault();
      const out: Uint8Array[] = [];
      this.#tell({ id: ask.id, fault: { ...fault, value: encode(fault.value, out) } }, out);
    } finally {
      this.#running.delete(ask.id);
    }
  }

  /** Ends what runs, and all sessions: nobody waits for an answer any more. */
  end(): void {
    this.#running.forEach(controller => controller.abort());
    this.#sessions.forEach(session => void session.close().catch(() => undefined));
    this.#sessions.clear();
  }

  async #do(
    ask: Exclude<Ask, { op: 'cancel' }>,
    attachments: readonly Uint8Array<ArrayBuffer>[],
    signal: AbortSignal
  ): Promise<{ value: unknown; seconds: number }> {
    const done = { value: undefined, seconds: 0 };
    switch (ask.op) {
      case 'module':
        this.#bridge.modules.add({ description: ask.description, bytes: () => this.#read(ask.source, attachments) });
        return done;
      case 'call':
        return this.#bridge.call(ask.module, ask.function, args(ask, attachments), options(ask, signal));
      case 'open':
        this.#sessions.set(ask.id, await this.#bridge.session(ask.module, limits(ask)));
        return { value: ask.id, seconds: 0 };
      case 'use':
        return this.#session(ask.session).call(ask.function, args(ask, attachments), options(ask, signal));
      case 'drop':
        await this.#sessions.get(ask.session)?.drop({ $resource: ask.resource });
        return done;
      case 'close':
        await this.#sessions.get(ask.session)?.close();
        this.#sessions.delete(ask.session);
        return done;
    }
  }

  #session(number: number): Session {
    const session = this.#sessions.get(number);
    if (!session) {
      throw new WasmcellError('closed', 'The session is closed.');
    }
    return session;
  }
}

function args(ask: Invocation, attachments: readonly Uint8Array<ArrayBuffer>[]): unknown[] {
  return decode(ask.args, attachments) as unknown[];
}

function options(ask: Invocation, signal: AbortSignal): CallOptions {
  return { signal, transfer: true, limits: limits(ask), keep: ask.keep };
}

function limits({ memory, seconds }: Limited): Limits {
  return { memory, seconds: seconds === null ? Infinity : seconds };
}
