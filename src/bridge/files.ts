import { WasmcellError } from './errors';
import { filesIn, isFileRef, map, type FileRef } from './values';

/** Files up to this size can be worked on: a module's memory must hold file, picture and result. */
export const MAX_FILE = 2 ** 30;

/** Seconds without a read after which a person's leave ends. */
const LEAVE = 60;

/** The names of the secret files that something was made of, as they are known here, by their numbers. */
export type Origins = ReadonlyMap<number, string>;

const NONE: Origins = new Map();

interface Kept {
  readonly blob: Blob;
  readonly name: string;
  readonly type: string;
  /** Whether it was chosen in a view, or made of a file that was: the page itself never had it. */
  readonly secret: boolean;
  /** What it was made of; nothing, of one that was chosen. */
  readonly madeOf: Origins;
  /** How many times a person allows it to be read just now, */
  leaves: number;
  /** and how many bytes of that are left. */
  allowed: number;
  /** When that leave ends, if nothing is read. */
  until: number;
}

/** A file as its home knows it. */
export interface AboutFile extends FileRef {
  /** The names of the files that it was made of, in the order of choice; none of one that was chosen. */
  readonly madeOf: readonly string[];
}

/** Private files: bytes that stay in a home, and are spoken of by reference. */
export class FileStore {
  readonly #files = new Map<number, Kept>();
  #next = 0;

  /** How much is kept. */
  get kept(): { count: number; bytes: number } {
    const bytes = [...this.#files.values()].reduce((sum, { blob }) => sum + blob.size, 0);
    return { count: this.#files.size, bytes };
  }

  /** Keeps a file. */
  put(blob: Blob, name: string, { secret = false, type = blob.type, madeOf = NONE } = {}): FileRef {
    // Rising, and not to be guessed: who was not told of a file cannot speak of it.
    this.#next += 1 + crypto.getRandomValues(new Uint32Array(1))[0]! % 2 ** 30;
    this.#files.set(this.#next, { blob, name, type, secret, madeOf, leaves: 0, allowed: 0, until: 0 });
    return { $file: this.#next, name, size: blob.size, type };
  }

  /** A file, for what runs in the same place. @throws WasmcellError `closed` if it is not kept here any more. */
  blob(file: FileRef): Blob {
    return this.#get(file).blob;
  }

  /** A file that a person chose. @throws WasmcellError `refused` of any other, `closed` as `blob`. */
  chosen(file: FileRef): Blob {
    const { blob, name, secret, madeOf } = this.#get(file);
    if (!secret || madeOf.size > 0) {
      throw new WasmcellError('refused', `${name} was not chosen by a person: its sha256 is not told.`);
    }
    return blob;
  }

  /** What a file is, whatever is said of it elsewhere. @throws WasmcellError `closed` as `blob`. */
  about(file: FileRef): AboutFile {
    const { blob, name, type, madeOf } = this.#get(file);
    const origins = [...madeOf].sort(([one], [other]) => one - other).map(([, name]) => name);
    return { $file: file.$file, name, size: blob.size, type, madeOf: origins };
  }

  /** A part of a file, for the page. @throws WasmcellError `refused` if nobody has allowed it. */
  async read(file: FileRef, start = 0, end = file.size): Promise<Uint8Array<ArrayBuffer>> {
    const kept = this.#get(file);
    const piece = kept.blob.slice(start, end);
    if (kept.secret) {
      if (piece.size > kept.allowed || Date.now() > kept.until) {
        throw new WasmcellError('refused', `${kept.name} is private: its bytes leave the vault only when a person allows it.`);
      }
      kept.allowed -= piece.size;
      kept.until = Date.now() + LEAVE * 1000;
    }
    return bytesOf(piece, file);
  }

  /** A person's leave to read a file once, or its end; it ends by itself when the file was read, or nobody does so. */
  leave(file: FileRef, given: boolean): void {
    const kept = this.#get(file);
    kept.leaves = Math.max(0, kept.leaves + (given ? 1 : -1));
    kept.allowed = Math.min(kept.allowed + (given ? kept.blob.size : 0), kept.leaves * kept.blob.size);
    kept.until = Date.now() + LEAVE * 1000;
  }

  /** Lets go of a file. */
  forget(file: FileRef): void {
    this.#files.delete(file.$file);
  }

  /** Arguments with the bytes of files in place of their references, and the secret files that they come from. */
  async resolve(args: unknown[]): Promise<{ args: unknown[]; secrets: Origins }> {
    const bytes = new Map<number, Uint8Array>();
    const wanted = filesIn(args);
    if (wanted.length === 0) {
      return { args, secrets: NONE };
    }
    for (const file of wanted) {
      bytes.set(file.$file, await bytesOf(this.blob(file), file));
    }
    return {
      args: map(args, object => (isFileRef(object) ? bytes.get(object.$file) : undefined)) as unknown[],
      secrets: new Map(wanted.flatMap(file => this.#origins(file)))
    };
  }

  /**
   * A result with references in place of all bytes, which are kept under this name.
   *
   * @param madeOf The secret files that it was made of; if there are any it is secret, too.
   */
  keep(value: unknown, name: string, madeOf: Origins): unknown {
    const secret = madeOf.size > 0;
    return map(value, object =>
      object instanceof Uint8Array ? this.put(new Blob([object as Uint8Array<ArrayBuffer>]), name, { secret, madeOf }) : undefined
    );
  }

  /** The secret file that a file is, or those that it was made of. */
  #origins(file: FileRef): (readonly [number, string])[] {
    const { name, secret, madeOf } = this.#get(file);
    return secret && madeOf.size === 0 ? [[file.$file, name]] : [...madeOf];
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
  checkSize(name, blob.size);
  try {
    return new Uint8Array(await blob.arrayBuffer());
  } catch (error) {
    throw unreadable(name, error as Error);
  }
}

/** @throws WasmcellError `limit-exceeded` if a file is too large to be worked on. */
export function checkSize(name: string, bytes: number): void {
  if (bytes > MAX_FILE) {
    const size = `${(bytes / 2 ** 30).toFixed(1)} GiB`;
    throw new WasmcellError('limit-exceeded', `${name} has ${size}; a page can work on files of up to 1 GiB.`);
  }
}

/** What is said of a file that the browser does not get from the disk any more. */
export function unreadable(name: string, { message }: Error): WasmcellError {
  return new WasmcellError('closed', `${name} cannot be read any more, it was perhaps moved or changed: choose it again. (${message})`);
}
