import { WasmcellError } from './errors';
import { filesIn, isFileRef, map, type FileRef } from './values';

/** Files up to this size can be worked on: a module's memory must hold file, picture and result. */
export const MAX_FILE = 2 ** 30;

interface Kept {
  readonly blob: Blob;
  /** Whether it was chosen in a view, or made of a file that was: the page itself never had it. */
  readonly secret: boolean;
  /** How many reads a person allows just now. */
  leaves: number;
}

/** Private files: bytes that stay in a home, and are spoken of by reference. */
export class FileStore {
  readonly #files = new Map<number, Kept>();
  #next = 1;

  /** How much is kept. */
  get kept(): { count: number; bytes: number } {
    const bytes = [...this.#files.values()].reduce((sum, { blob }) => sum + blob.size, 0);
    return { count: this.#files.size, bytes };
  }

  /** Keeps a file. */
  put(blob: Blob, name: string, { secret = false, type = blob.type } = {}): FileRef {
    const number = this.#next++;
    this.#files.set(number, { blob, secret, leaves: 0 });
    return { $file: number, name, size: blob.size, type };
  }

  /** A file, for what runs in the same place. @throws WasmcellError `closed` if it is not kept here any more. */
  blob(file: FileRef): Blob {
    return this.#get(file).blob;
  }

  /** A part of a file, for the page. @throws WasmcellError `refused` if nobody has allowed it. */
  async read(file: FileRef, start = 0, end = file.size): Promise<Uint8Array<ArrayBuffer>> {
    const { blob, secret, leaves } = this.#get(file);
    if (secret && leaves === 0) {
      throw new WasmcellError('refused', `${file.name} is private: its bytes leave the vault only when a person allows it.`);
    }
    return bytesOf(blob.slice(start, end), file);
  }

  /** A person's leave to read a file, or its end. */
  leave(file: FileRef, given: boolean): void {
    const kept = this.#get(file);
    kept.leaves = Math.max(0, kept.leaves + (given ? 1 : -1));
  }

  /** Lets go of a file. */
  forget(file: FileRef): void {
    this.#files.delete(file.$file);
  }

  /** Arguments with the bytes of files in place of their references, and the first secret one of these files. */
  async resolve(args: unknown[]): Promise<{ args: unknown[]; secret: FileRef | undefined }> {
    const bytes = new Map<number, Uint8Array>();
    const wanted = filesIn(args);
    if (wanted.length === 0) {
      return { args, secret: undefined };
    }
    for (const file of wanted) {
      bytes.set(file.$file, await bytesOf(this.blob(file), file));
    }
    return {
      args: map(args, object => (isFileRef(object) ? bytes.get(object.$file) : undefined)) as unknown[],
      secret: wanted.find(file => this.#get(file).secret)
    };
  }

  /** A result with references in place of all bytes, which are kept under this name. */
  keep(value: unknown, name: string, secret: boolean): unknown {
    return map(value, object =>
      object instanceof Uint8Array ? this.put(new Blob([object as Uint8Array<ArrayBuffer>]), name, { secret }) : undefined
    );
  }

  #get(file: FileRef): Kept {
    const kept = this.#files.get(file.$file);
    if (!kept) {
      throw new WasmcellError('closed', `The file ${file.name} is not kept any more; choose it again.`);
    }
    return kept;
  }
}

async function bytesOf(blob: Blob, { name }: FileRef): Promise<Uint8Array<ArrayBuffer>> {
  if (blob.size > MAX_FILE) {
    const size = `${(blob.size / 2 ** 30).toFixed(1)} GiB`;
    throw new WasmcellError('limit-exceeded', `${name} has ${size}; a page can work on files of up to 1 GiB.`);
  }
  try {
    return new Uint8Array(await blob.arrayBuffer());
  } catch (error) {
    throw unreadable(name, error as Error);
  }
}

/** What is said of a file that the browser does not get from the disk any more. */
export function unreadable(name: string, { message }: Error): WasmcellError {
  return new WasmcellError('closed', `${name} cannot be read any more, it was perhaps moved or changed: choose it again. (${message})`);
}
