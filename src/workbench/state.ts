import type { Chosen, Values } from '../forms';

/** A step in the list. */
export interface Item {
  /** Names it while it is in the list, wherever it is moved. */
  readonly id: number;
  readonly tag: string;
  /** Undefined as long as something that is needed is not filled in. */
  readonly val: Values | undefined;
  readonly on: boolean;
}

/** What is to be done to a picture. */
export interface Recipe {
  /** How the file is read; empty for the defaults. */
  readonly decode: Values;
  readonly items: readonly Item[];
  /** Undefined for the source's own format. */
  readonly output: Chosen | undefined;
}

/** The steps that are carried out: those that are on and filled in. */
export function steps({ items }: Recipe): Chosen[] {
  return items.filter(({ on, val }) => on && val).map(({ tag, val }) => ({ tag, val: val! }));
}

const EMPTY: Recipe = { decode: {}, items: [], output: undefined };

/** A recipe that is edited: with a history, and those who are told of changes. */
export class State {
  #now: Recipe;
  readonly #past: Recipe[] = [];
  #future: Recipe[] = [];
  /** What the last change was about; one more of the same is no new entry of the history. */
  #about: string | undefined;
  #next = 1;
  readonly #observers = new Set<(by: unknown) => void>();

  constructor(recipe: Recipe = EMPTY) {
    this.#now = recipe;
  }

  get recipe(): Recipe {
    return this.#now;
  }

  get canUndo(): boolean {
    return this.#past.length > 0;
  }

  get canRedo(): boolean {
    return this.#future.length > 0;
  }

  /** Calls `observer` after each change, with who made it; returns how to stop that. */
  observe(observer: (by: unknown) => void): () => void {
    this.#observers.add(observer);
    return () => this.#observers.delete(observer);
  }

  /**
   * Puts another recipe in place.
   *
   * @param about Changes in a row that are about the same are undone at once.
   * @param by Who makes the change.
   */
  set(recipe: Recipe, { about, by }: { readonly about?: string; readonly by?: unknown } = {}): void {
    if (about === undefined || about !== this.#about) {
      this.#past.push(this.#now);
    }
    this.#about = about;
    this.#future = [];
    this.#put(recipe, by);
  }

  /** Begins with another recipe, and an empty history. */
  start(recipe: Recipe): void {
    this.#past.length = this.#future.length = 0;
    this.#about = undefined;
    this.#put(recipe, undefined);
  }

  /** What follows is a new entry of the history, whatever it is about. */
  settle(): void {
    this.#about = undefined;
  }

  undo(): void {
    this.#go(this.#past, this.#future);
  }

  redo(): void {
    this.#go(this.#future, this.#past);
  }

  /** A new item, which is still to be put into the list. */
  item(tag: string, val: Values | undefined): Item {
    return { id: this.#next++, tag, val, on: true };
  }

  add(item: Item): void {
    this.#items([...this.#now.items, item]);
  }

  remove(id: number): void {
    this.#items(this.#now.items.filter(item => item.id !== id));
  }

  /** Puts an item at another place, counted from 0. */
  move(id: number, place: number): void {
    const { items } = this.#now;
    const from = items.findIndex(item => item.id === id);
    const to = Math.max(0, Math.min(items.length - 1, place));
    if (from >= 0 && from !== to) {
      const moved = items.filter(item => item.id !== id);
      moved.splice(to, 0, items[from]!);
      this.#items(moved);
    }
  }

  toggle(id: number): void {
    this.#items(this.#now.items.map(item => (item.id === id ? { ...item, on: !item.on } : item)));
  }

  /** Fills an item in. */
  fill(id: number, val: Values, by?: unknown): void {
    const items = this.#now.items.map(item => (item.id === id ? { ...item, val } : item));
    this.set({ ...this.#now, items }, { about: `fill ${id}`, by });
  }

  output(output: Chosen | undefined, by?: unknown): void {
    this.set({ ...this.#now, output }, { about: `output ${output?.tag}`, by });
  }

  #items(items: readonly Item[]): void {
    this.set({ ...this.#now, items });
  }

  #go(from: Recipe[], to: Recipe[]): void {
    const recipe = from.pop();
    if (recipe) {
      to.push(this.#now);
      this.#about = undefined;
      this.#put(recipe, undefined);
    }
  }

  #put(recipe: Recipe, by: unknown): void {
    this.#now = recipe;
    this.#observers.forEach(observer => observer(by));
  }
}
