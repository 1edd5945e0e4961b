import { WasmcellError } from './errors';
import type { AboutFile, FileStore } from './files';
import type { Target } from './home';
import type { Answer } from './pool';
import type { FileRef } from './values';

/** What a home has done for a desk. */
export interface Workshop {
  digest(file: FileRef, progress: MessagePort, signal: AbortSignal): Promise<string>;
  open(target: Target, seconds: number): Promise<Bench>;
}

/** An instance that stays, for one view. */
export interface Bench {
  call(name: string, args: unknown[], seconds: number, signal: AbortSignal): Promise<Answer>;
  close(): Promise<void>;
}

/**
 * What a home does for its views, and for nobody else: a view may see what it shows. The page has no
 * port to it.
 */
export class Desk {
  readonly #files: FileStore;
  readonly #workshop: Workshop;
  /** By numbers that mean nothing to the page, nor to another view. */
  readonly #benches = new Map<number, Bench>();
  #last = 0;

  constructor(files: FileStore, workshop: Workshop) {
    this.#files = files;
    this.#workshop = workshop;
  }

  /** Keeps a file that a person chose; by reference, it is not read. */
  put(file: Blob, name: string, type: string): FileRef {
    return this.#files.put(file, name, { secret: true, type });
  }

  /** The sha256 of a file that a person chose, in hex; the port is told how many bytes are done. */
  digest(file: FileRef, progress: MessagePort, signal: AbortSignal): Promise<string> {
    return this.#workshop.digest(file, progress, signal);
  }

  /** What a file is: its own name and size, not those that are said of it. */
  about(file: FileRef): AboutFile {
    return this.#files.about(file);
  }

  /** The file itself, to be drawn or saved. */
  blob(file: FileRef): Blob {
    return this.#files.blob(file);
  }

  /** Lets the page read a file once, as a person has said. */
  allow(file: FileRef): void {
    this.#files.leave(file, true);
  }

  /** Makes an instance that stays until the view closes it, or goes. */
  async open(target: Target, seconds: number): Promise<number> {
    const bench = await this.#workshop.open(target, seconds);
    this.#benches.set(++this.#last, bench);
    return this.#last;
  }

  /** Calls a function in such an instance. All that it answers comes to the view: it is in the vault, too. */
  async use(number: number, name: string, args: unknown[], seconds: number, signal: AbortSignal): Promise<Answer> {
    const bench = this.#benches.get(number);
    if (!bench) {
      throw new WasmcellError('closed', 'The session is closed.');
    }
    return bench.call(name, args, seconds, signal);
  }

  /** Ends such an instance; a second time does nothing. */
  async close(number: number): Promise<void> {
    const bench = this.#benches.get(number);
    this.#benches.delete(number);
    await bench?.close();
  }
}

/** What can be asked of a desk through a port. */
export type DeskMethod = keyof Desk;
