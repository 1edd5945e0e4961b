import { WasmcellError } from '../bridge/errors';
import type { Wanted } from './book';

interface Job {
  readonly rank: () => number;
  readonly signal: AbortSignal | undefined;
  /** Never rejects. */
  readonly run: (stop: AbortSignal) => Promise<void>;
  readonly cancel: () => void;
}

/**
 * Does one thing at a time, what is most wanted first. What is called off before its turn is not done at all; what is
 * being done then may go on for `patience` milliseconds, for to stop it costs an instance.
 */
export class Queue {
  readonly #patience: number;
  readonly #jobs = new Set<Job>();
  #stop: AbortController | undefined;
  #closed = false;

  constructor(patience: number) {
    this.#patience = patience;
  }

  /**
   * @param work Ends early, if it can, when its signal says so.
   * @throws WasmcellError `cancelled` as soon as it is called off.
   */
  add<T>(work: (stop: AbortSignal) => Promise<T>, { rank, signal }: Wanted): Promise<T> {
    return new Promise((resolve, reject) => {
      const job: Job = {
        rank,
        signal,
        run: stop => work(stop).then(resolve, reject),
        cancel: () => {
          this.#jobs.delete(job);
          reject(new WasmcellError('cancelled', 'It is not wanted any more.'));
        }
      };
      if (signal?.aborted || this.#closed) {
        return job.cancel();
      }
      signal?.addEventListener('abort', job.cancel, { once: true });
      this.#jobs.add(job);
      if (!this.#stop) {
        void this.#run();
      }
    });
  }

  /** Calls everything off. */
  close(): void {
    this.#closed = true;
    this.#jobs.forEach(job => job.cancel());
    this.#stop?.abort();
  }

  async #run(): Promise<void> {
    this.#stop = new AbortController();
    // So that all that is wanted at once is there to choose from.
    await Promise.resolve();
    for (let job = this.#next(); job; job = this.#next()) {
      this.#jobs.delete(job);
      await this.#do(job, (this.#stop = new AbortController()));
    }
    this.#stop = undefined;
  }

  async #do({ signal, run }: Job, stop: AbortController): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const abort = (): void => void (timer = setTimeout(() => stop.abort(), this.#patience));
    signal?.addEventListener('abort', abort);
    await run(stop.signal);
    signal?.removeEventListener('abort', abort);
    clearTimeout(timer);
  }

  #next(): Job | undefined {
    let [best, lowest]: [Job | undefined, number] = [undefined, Infinity];
    for (const job of this.#jobs) {
      const rank = job.rank();
      if (rank < lowest) {
        [best, lowest] = [job, rank];
      }
    }
    return best;
  }
}
