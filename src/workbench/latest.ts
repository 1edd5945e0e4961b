/**
 * Does one thing at a time, and of what is wanted meanwhile only the newest: nothing queues up. What is still
 * being done `patience` milliseconds after something newer was wanted is called off.
 */
export class Latest<T> {
  readonly #work: (wanted: T, signal: AbortSignal) => Promise<void>;
  readonly #patience: number;
  #wanted: { readonly value: T } | undefined;
  #running: AbortController | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param work Never rejects; may end early when the signal says so. */
  constructor(work: (wanted: T, signal: AbortSignal) => Promise<void>, patience: number) {
    this.#work = work;
    this.#patience = patience;
  }

  /** Whether something waits. */
  get waits(): boolean {
    return this.#wanted !== undefined;
  }

  want(value: T): void {
    this.#wanted = { value };
    if (!this.#running) {
      void this.#pump();
    } else {
      const { signal } = this.#running;
      this.#timer ??= setTimeout(() => !signal.aborted && this.#running?.abort(), this.#patience);
    }
  }

  /** Calls off what is done, and forgets what waits. */
  stop(): void {
    this.#wanted = undefined;
    this.#running?.abort();
  }

  async #pump(): Promise<void> {
    while (this.#wanted) {
      const { value } = this.#wanted;
      this.#wanted = undefined;
      this.#running = new AbortController();
      await this.#work(value, this.#running.signal);
      clearTimeout(this.#timer);
      this.#timer = undefined;
      this.#running = undefined;
    }
  }
}
