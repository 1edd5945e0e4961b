import type { Bridge, Segment } from '../bridge';
import type { FileRef } from '../bridge/values';
import type { Chosen, Operation } from '../forms';
import { steps, type Recipe } from './state';

/** The file that a recipe makes of a picture, at full size; its bytes are where the work is done. */
export interface Made {
  readonly file: FileRef;
  /** As `webp`. */
  readonly format: string;
  readonly seconds: number;
}

/** Makes the file, once for each recipe; one that is no longer wanted is called off. */
export class Results {
  readonly #bridge: Bridge;
  readonly #module: string;
  readonly #file: FileRef;
  readonly #outputs: readonly Operation[];
  #format: Promise<string> | undefined;
  #made: { readonly key: string; readonly promise: Promise<Made>; readonly controller: AbortController } | undefined;

  constructor(bridge: Bridge, module: string, file: FileRef, outputs: readonly Operation[]) {
    this.#bridge = bridge;
    this.#module = module;
    this.#file = file;
    this.#outputs = outputs;
  }

  get(recipe: Recipe): Promise<Made> {
    const key = JSON.stringify([recipe.decode, steps(recipe), recipe.output], plain);
    if (this.#made?.key !== key) {
      this.drop();
      const controller = new AbortController();
      const promise = this.#run(recipe, controller.signal);
      this.#made = { key, promise, controller };
      promise.catch(() => this.#made?.promise === promise && (this.#made = undefined));
    }
    return this.#made!.promise;
  }

  /** Calls off what is being made, and lets go of what was. */
  drop(): void {
    const made = this.#made;
    this.#made = undefined;
    made?.controller.abort();
    made?.promise.then(({ file }) => this.#bridge.forget(file)).catch(() => undefined);
  }

  async #run(recipe: Recipe, signal: AbortSignal): Promise<Made> {
    const output = recipe.output ?? (await this.#own());
    signal.throwIfAborted();
    const segment = { decode: recipe.decode, steps: steps(recipe), output } as unknown as Segment<string>;
    const { value, seconds } = await this.#bridge.run(this.#module, this.#file, segment, { signal, keep: this.#file.name });
    return { file: value as unknown as FileRef, format: output.tag, seconds };
  }

  /** The source's own format if it can be written, else the first that can, as in Python. */
  async #own(): Promise<Chosen> {
    this.#format ??= this.#bridge
      .call<string, string>(this.#module, 'probe', [this.#file])
      .then(({ value }) => (value as { format: string }).format);
    const format = await this.#format;
    const { name, payload } = this.#outputs.find(({ name }) => name === format) ?? this.#outputs[0]!;
    return payload ? { tag: name, val: {} } : { tag: name };
  }
}

function plain(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}
