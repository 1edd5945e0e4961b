import type { AboutFile, FileStore } from './files';
import type { FileRef } from './values';

/**
 * What a home does for its views, and for nobody else: a view may see what it shows. The page has no
 * port to it.
 */
export class Desk {
  readonly #files: FileStore;
  readonly #digest: (file: FileRef, progress: MessagePort, signal: AbortSignal) => Promise<string>;

  constructor(files: FileStore, digest: (file: FileRef, progress: MessagePort, signal: AbortSignal) => Promise<string>) {
    this.#files = files;
    this.#digest = digest;
  }

  /** Keeps a file that a person chose; by reference, it is not read. */
  put(file: Blob, name: string, type: string): FileRef {
    return this.#files.put(file, name, { secret: true, type });
  }

  /** The sha256 of a file that a person chose, in hex; the port is told how many bytes are done. */
  digest(file: FileRef, progress: MessagePort, signal: AbortSignal): Promise<string> {
    return this.#digest(file, progress, signal);
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
}

/** What can be asked of a desk through a port. */
export type DeskMethod = keyof Desk;
