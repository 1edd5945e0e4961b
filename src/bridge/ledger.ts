/** A party that bytes come from or go to. */
export type Party = 'page' | 'vault' | 'workers' | 'kernel' | 'disk';

/** One crossing between two parties, or a note on what cannot be kept private here. */
export interface Crossing {
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly from: Party;
  readonly to: Party;
  /** What crossed, for a person to read. */
  readonly what: string;
  /** Bytes of binary data; small values beside it are not counted. */
  readonly bytes: number;
}

/** The record of every crossing: a person can always see it. It only grows. */
export class Ledger {
  readonly #crossings: Crossing[] = [];
  readonly #observers = new Set<(crossing: Crossing) => void>();

  /** All crossings so far, oldest first. */
  get crossings(): readonly Crossing[] {
    return this.#crossings;
  }

  /** Adds a crossing that happens now. */
  record(from: Party, to: Party, what: string, bytes: number): void {
    const crossing = Object.freeze({ time: Date.now(), from, to, what, bytes });
    this.#crossings.push(crossing);
    this.#observers.forEach(observer => observer(crossing));
  }

  /** Calls `observer` for each crossing from now on; returns how to stop it. */
  observe(observer: (crossing: Crossing) => void): () => void {
    this.#observers.add(observer);
    return () => this.#observers.delete(observer);
  }

  /** Bytes that went from one party to another in all. */
  total(from: Party, to: Party): number {
    return this.#crossings.reduce((sum, c) => (c.from === from && c.to === to ? sum + c.bytes : sum), 0);
  }
}
