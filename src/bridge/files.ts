import { WasmcellError } from './errors';
import { isFileRef, map, type FileRef } from './values';

/** Private files: bytes that stay in a home, and are spoken of by reference. */
export class FileStore {
  readonly #files = new Map<number, Blob>();
  #next = 1;

  /** Keeps a file. */
  put(file: Blob, name: string): FileRef {
    const number = this.#next++;
    this.#files.set(number, file);
    return { $file: number, name, size: file.size, type: file.type };
  }

  /** A file's bytes. @throws WasmcellError `closed` if it is not kept here any more. */
  async bytes(file: FileRef): Promise<Uint8Array<ArrayBuffer>> {
    const blob = this.#files.get(file.$file);
    if (!blob) {
      throw new WasmcellError('closed', `The file ${file.name} is not kept any more.`);
    }
    return new Uint8Array(await blob.arrayBuffer());
  }

  /** Lets go of a file. */
  forget(file: FileRef): void {
    this.#files.delete(file.$file);
  }

  /** Arguments with the bytes of files in place of their references. */
  async resolve(args: unknown[]): Promise<unknown[]> {
    const bytes = new Map<number, Uint8Array>();
    const wanted: FileRef[] = [];
    map(args, object => (isFileRef(object) ? (wanted.push(object), object) : undefined));
    if (wanted.length === 0) {
      return args;
    }
    for (const file of wanted) {
      bytes.set(file.$file, await this.bytes(file));
    }
    return map(args, object => (isFileRef(object) ? bytes.get(object.$file) : undefined)) as unknown[];
  }

  /** A result with references in place of all bytes, which are kept under this name. */
  keep(value: unknown, name: string): unknown {
    return map(value, object =>
      object instanceof Uint8Array ? this.put(new Blob([object as Uint8Array<ArrayBuffer>]), name) : undefined
    );
  }
}
