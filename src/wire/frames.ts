// Messages as bytes: the length of the header (32 bits, little-endian), the header (JSON: {message, sizes}),
// then attachments of these sizes, one after the other.

/** A message with its attachments. */
export interface Frame {
  readonly message: unknown;
  readonly attachments: Uint8Array<ArrayBuffer>[];
}

/** The bytes of a frame, as chunks to be written one after the other. */
export function pack(message: unknown, attachments: readonly Uint8Array[]): Uint8Array[] {
  const header = new TextEncoder().encode(JSON.stringify({ message, sizes: attachments.map(a => a.length) }));
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, header.length, true);
  return [length, header, ...attachments];
}

/** Reads frames out of chunks as they come; each attachment gets a buffer of its own. */
export class Unpacker {
  readonly #onframe: (frame: Frame) => void;
  /** What is being filled, and what is done when it is full. */
  #target = new Uint8Array(4);
  #filled = 0;
  #next: (full: Uint8Array<ArrayBuffer>) => void;

  constructor(onframe: (frame: Frame) => void) {
    this.#onframe = onframe;
    this.#next = full => this.#length(full);
  }

  /** Takes the next chunk. */
  push(chunk: Uint8Array): void {
    while (chunk.length > 0) {
      const part = chunk.subarray(0, this.#target.length - this.#filled);
      this.#target.set(part, this.#filled);
      this.#filled += part.length;
      chunk = chunk.subarray(part.length);
      this.#flush();
    }
  }

  #flush(): void {
    while (this.#filled === this.#target.length) {
      this.#next(this.#target);
    }
  }

  #expect(size: number, next: (full: Uint8Array<ArrayBuffer>) => void): void {
    this.#target = new Uint8Array(size);
    this.#filled = 0;
    this.#next = next;
  }

  #length(bytes: Uint8Array): void {
    const size = new DataView(bytes.buffer).getUint32(0, true);
    this.#expect(size, header => {
      const { message, sizes } = JSON.parse(new TextDecoder().decode(header)) as { message: unknown; sizes: number[] };
      this.#attachments(message, sizes, []);
    });
  }

  #attachments(message: unknown, sizes: number[], attachments: Uint8Array<ArrayBuffer>[]): void {
    const [size, ...rest] = sizes;
    if (size === undefined) {
      this.#expect(4, full => this.#length(full));
      this.#onframe({ message, attachments });
    } else {
      this.#expect(size, full => this.#attachments(message, rest, [...attachments, full]));
    }
  }
}
