import type { FileRef } from '../bridge';
import type { Model } from './afm';
import type { Link } from './link';

/** What a widget that shows a file has of it. */
export interface SourceTraits {
  /** A private file; null for one of the kernel's, which the kernel sends. */
  readonly file: FileRef | null;
  readonly name: string;
}

/** A file that the kernel sends to the page once, or that is private, and there. */
export class Source {
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

  /** Lets go of the kernel's file. */
  close(): void {
    if (!this.#model.get('file')) {
      void this.#sent?.then(async file => (await this.#link.bridge()).forget(file)).catch(() => undefined);
    }
  }

  #ask(): Promise<FileRef> {
    const name = this.#model.get('name');
    return new Promise((resolve, reject) => {
      this.#link.onsaid = async (said, [bytes]) => {
        const bridge = await this.#link.bridge();
        const { error } = said as { error?: string };
        if (error !== undefined) {
          reject(new Error(error));
        } else if (bytes) {
          bridge.ledger.record('kernel', 'page', name, bytes.length);
          resolve(await bridge.put(new Blob([bytes as Uint8Array<ArrayBuffer>]), name));
        } else {
          resolve(this.#model.get('file')!);
        }
      };
      this.#link.tell({ event: 'open' });
    });
  }
}
