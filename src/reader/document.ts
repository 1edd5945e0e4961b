import type { pdf } from '../bridge';
import type { WasmcellError } from '../bridge/errors';
import type { FileRef, ResourceRef } from '../bridge/values';
import { LockedError, type Book, type Query, type Wanted } from './book';
import { Queue } from './queue';

/** An instance of the module: a session of the bridge, or one of the vault's for its view. */
export interface Instance {
  call<T>(name: string, args: readonly unknown[], options: { readonly signal: AbortSignal }): Promise<{ readonly value: T }>;
  close(): Promise<void>;
}

/** How long what is not wanted any more may go on, in milliseconds: to stop it, the document is opened anew. */
const PATIENCE = 2000;

interface Open {
  readonly instance: Instance;
  readonly document: ResourceRef;
}

/** A file of the module `pdf`, open in an instance. One that is spoiled is made anew when something is wanted. */
export class DocumentBook implements Book {
  readonly #start: () => Promise<Instance>;
  readonly #file: FileRef;
  readonly #fonts: readonly unknown[];
  readonly #queue = new Queue(PATIENCE);
  #password: string | undefined;
  #open: Promise<Open> | undefined;

  /** @param fonts For those that the file does not have within it. */
  constructor(start: () => Promise<Instance>, file: FileRef, fonts: readonly unknown[] = []) {
    this.#start = start;
    this.#file = file;
    this.#fonts = fonts;
  }

  open(password?: string): Promise<pdf.Description> {
    this.#password = password;
    this.#end();
    return this.#ask('describe', [], { rank: () => 0 });
  }

  render(page: number, view: pdf.View, wanted: Wanted): Promise<pdf.Rendered> {
    return this.#ask('render', [page, view], wanted);
  }

  words(page: number, wanted: Wanted): Promise<pdf.Word[]> {
    return this.#ask('words', [page], wanted);
  }

  annotations(page: number, wanted: Wanted): Promise<pdf.Annotation[]> {
    return this.#ask('annotations', [page], wanted);
  }

  search(page: number, { text, ignoreCase, regex }: Query, wanted: Wanted): Promise<pdf.Hit[]> {
    return this.#ask('search', [page, text, ignoreCase, regex], wanted);
  }

  outline(wanted: Wanted): Promise<pdf.Bookmark[]> {
    return this.#ask('outline', [], wanted);
  }

  close(): void {
    this.#queue.close();
    this.#end();
  }

  #ask<T>(method: string, args: readonly unknown[], wanted: Wanted): Promise<T> {
    return this.#queue.add(async signal => {
      try {
        const { instance, document } = await (this.#open ??= this.#parse(signal));
        return (await instance.call<T>(`[method]document.${method}`, [document, ...args], { signal })).value;
      } catch (error) {
        if (!(error as WasmcellError).answered) {
          this.#end();
        }
        throw error;
      }
    }, wanted);
  }

  async #parse(signal: AbortSignal): Promise<Open> {
    const instance = await this.#start();
    try {
      const password = this.#password;
      const { value } = await instance.call<ResourceRef>('[static]document.open', [this.#file, { password }], { signal });
      if (this.#fonts.length) {
        await instance.call('[method]document.use-fonts', [value, this.#fonts], { signal });
      }
      return { instance, document: value };
    } catch (error) {
      const locked = (error as WasmcellError).code === 'invalid-argument' && (await this.#isLocked(instance, signal));
      void instance.close().catch(() => undefined);
      throw locked ? new LockedError((error as Error).message) : error;
    }
  }

  async #isLocked(instance: Instance, signal: AbortSignal): Promise<boolean> {
    return (await instance.call<pdf.Info>('probe', [this.#file, this.#password], { signal })).value.locked;
  }

  #end(): void {
    this.#open?.then(({ instance }) => instance.close()).catch(() => undefined);
    this.#open = undefined;
  }
}
