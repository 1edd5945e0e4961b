// The picture as the steps make it, at screen size.

import type { Bridge, Session } from '../bridge';
import type { WasmcellError } from '../bridge/errors';
import type { FileRef, ResourceRef } from '../bridge/values';
import type { Chosen, Values } from '../forms';
import { Latest } from './latest';
import type { Box, Sight } from './sight';

/** What is wanted. */
export interface Wanted {
  readonly decode: Values;
  readonly steps: readonly Chosen[];
  /** How many pixels there is room for. */
  readonly box: Box;
}

/** What is told of a preview. */
export interface Told {
  before(sight: Sight): void;
  after(sight: Sight, seconds: number): void;
  failed(error: WasmcellError): void;
  /** Whether something is being done. */
  busy(busy: boolean): void;
}

/** How long a preview may go on when a newer one is wanted, in milliseconds: to start anew costs a decoding. */
const PATIENCE = 1500;

interface Bitmap {
  readonly key: string;
  readonly ref: ResourceRef;
}

/**
 * Shows what steps do to a picture. It is decoded once, into a session. The steps are applied to the whole
 * picture, for their sizes and radii are in its pixels; then as many pixels are read as the screen has. What the
 * steps before the edited one make is kept, so that while a slider moves only that step and those after it
 * are done again.
 */
export class Preview {
  readonly #bridge: Bridge;
  readonly #module: string;
  readonly #file: FileRef;
  readonly #told: Told;
  readonly #latest = new Latest<Wanted>((wanted, signal) => this.#work(wanted, signal), PATIENCE);
  #session: Session | undefined;
  #base: Bitmap | undefined;
  /** What the steps before the edited one make. */
  #kept: Bitmap | undefined;
  #last: readonly string[] = [];
  #seen = '';

  constructor(bridge: Bridge, module: string, file: FileRef, told: Told) {
    this.#bridge = bridge;
    this.#module = module;
    this.#file = file;
    this.#told = told;
  }

  want(wanted: Wanted): void {
    this.#latest.want(wanted);
    this.#told.busy(true);
  }

  /** Ends it, and all that it holds. */
  close(): void {
    this.#latest.stop();
    this.#end();
  }

  async #work({ decode, steps, box }: Wanted, signal: AbortSignal): Promise<void> {
    let made: ResourceRef | undefined;
    try {
      const base = await this.#open(decode, signal);
      const seen = `${base.key} ${box}`;
      if (seen !== this.#seen) {
        this.#told.before(await this.#sight(base.ref, box, signal));
        this.#seen = seen;
      }
      const start = performance.now();
      const keys = steps.map(keyOf);
      const same = keys.findIndex((key, place) => key !== this.#last[place]);
      const common = same < 0 ? keys.length : same;
      // Of what has not changed, nothing; the edited step and those after it are to be done.
      const from = await this.#upTo(common === keys.length ? Math.max(0, common - 1) : common, steps, base, signal);
      this.#last = keys;
      const rest = steps.slice(from.done);
      const apply = rest.length ? await this.#apply(from.ref, rest, signal) : undefined;
      made = apply;
      const sight = await this.#sight(apply ?? from.ref, box, signal);
      this.#told.after(sight, (performance.now() - start) / 1000);
    } catch (error) {
      const failure = error as WasmcellError;
      if (!failure.answered) {
        this.#end();
      }
      if (!signal.aborted) {
        this.#told.failed(failure);
      }
    } finally {
      if (made) {
        await this.#session?.drop(made).catch(() => this.#end());
      }
      this.#told.busy(this.#latest.waits);
    }
  }

  /** The decoded picture. */
  async #open(decode: Values, signal: AbortSignal): Promise<Bitmap> {
    const key = JSON.stringify(decode);
    if (this.#base?.key !== key) {
      this.#end();
      this.#session = await this.#bridge.session(this.#module);
      const { value } = await this.#session.call<ResourceRef>('[static]bitmap.open', [this.#file, decode], { signal });
      this.#base = { key, ref: value };
    }
    return this.#base;
  }

  /** What the first steps make, kept for the next time. */
  async #upTo(
    count: number,
    steps: readonly Chosen[],
    base: Bitmap,
    signal: AbortSignal
  ): Promise<{ readonly ref: ResourceRef; readonly done: number }> {
    const key = steps.slice(0, count).map(keyOf).join();
    if (this.#kept?.key !== key) {
      const old = this.#kept;
      this.#kept = undefined;
      if (old) {
        await this.#session!.drop(old.ref);
      }
      if (count > 0) {
        this.#kept = { key, ref: await this.#apply(base.ref, steps.slice(0, count), signal) };
      }
    }
    return { ref: this.#kept?.ref ?? base.ref, done: count };
  }

  async #apply(ref: ResourceRef, steps: readonly Chosen[], signal: AbortSignal): Promise<ResourceRef> {
    return (await this.#session!.call<ResourceRef>('[method]bitmap.apply', [ref, steps], { signal })).value;
  }

  async #sight(ref: ResourceRef, [width, height]: Wanted['box'], signal: AbortSignal): Promise<Sight> {
    const session = this.#session!;
    const { value: full } = await session.call<[number, number]>('[method]bitmap.size', [ref], { signal });
    const { value: raster } = await session.call<Sight['raster']>('[method]bitmap.read', [ref, width, height], { signal });
    return { raster, full };
  }

  #end(): void {
    void this.#session?.close().catch(() => undefined);
    this.#session = this.#base = this.#kept = undefined;
    this.#last = [];
    this.#seen = '';
  }
}

function keyOf({ tag, val }: Chosen): string {
  return JSON.stringify([tag, val], (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
}
