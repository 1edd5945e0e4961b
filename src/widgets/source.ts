import type { FileRef } from '../bridge';
import type { Model } from './afm';
import type { Link } from './link';

/** What a widget that shows a file has of it. */
export interface SourceTraits {
  /** A private file; null for one of the kernel's, which the kernel sends. */
  readonly file: FileRef | null;
  readonly name: string;
}

/** A font that the kernel has sent. */
export interface Font {
  readonly name: string;
  readonly data: FileRef;
  readonly face?: number | undefined;
}

interface Said {
  readonly error?: string;
  readonly fonts?: readonly { readonly name: string; readonly face: number | null }[];
}

/** A file that the kernel sends to the page once, or that is private, and there; and fonts for it. */
export class Source {
  /** Those that came with the file. */
  fonts: readonly Font[] = [];
  readonly #link: Link;
  readonly #model: Model<SourceTraits>;
  #sent: Promise<FileRef> | undefined;

  constructor(link: Link, model: Model<never>) {
    this.#link = link;
    this.#model = model as Model<object> as Model<SourceTraits>;
  }

  /** Asked for once a page. The kernel has the module ready then. */
  get(): Promise<FileRef> {
    this.#sent ??= this.#ask();
    this.#sent.catch(() => (this.#sent = undefined));
    return this.#sent;
  }

  /** Lets go of the kernel's files. */
  close(): void {
    const ours = this.#model.get('file') !== null;
    const forget = async (file: FileRef): Promise<void> => {
      const bridge = await this.#link.bridge();
      await Promise.all([...this.fonts.map(({ data }) => data), ...(ours ? [] : [file])].map(one => bridge.forget(one)));
    };
    void this.#sent?.then(forget).catch(() => undefined);
  }

  #ask(): Promise<FileRef> {
    return new Promise((resolve, reject) => {
      this.#link.onsaid = (said, sent) => void this.#take(said as Said, sent).then(resolve, reject);
      this.#link.tell({ event: 'open' });
    });
  }

  async #take({ error, fonts = [] }: Said, sent: readonly Uint8Array[]): Promise<FileRef> {
    if (error !== undefined) {
      throw new Error(error);
    }
    const bridge = await this.#link.bridge();
    const put = (bytes: Uint8Array, name: string): Promise<FileRef> => {
      bridge.ledger.record('kernel', 'page', name, bytes.length);
      return bridge.put(new Blob([bytes as Uint8Array<ArrayBuffer>]), name);
    };
    const rest = [...sent];
    const file = this.#model.get('file') ?? (await put(rest.shift()!, this.#model.get('name')));
    this.fonts = await Promise.all(
      fonts.map(async ({ name, face }, place) => ({ name, data: await put(rest[place]!, name), face: face ?? undefined }))
    );
    return file;
  }
}
