/** Boxes one below the other, with a gap before each and after the last; in px. */
export class Column {
  readonly #tops: number[] = [];
  readonly #heights: readonly number[];
  /** Of all together. */
  readonly height: number;

  constructor(heights: readonly number[], gap: number) {
    let y = gap;
    for (const height of heights) {
      this.#tops.push(y);
      y += height + gap;
    }
    this.#heights = heights;
    this.height = y;
  }

  top(index: number): number {
    return this.#tops[index]!;
  }

  bottom(index: number): number {
    return this.#tops[index]! + this.#heights[index]!;
  }

  /** The last box that begins at or above a height; the first, if none does. */
  at(y: number): number {
    let [low, high] = [0, this.#tops.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#tops[middle]! <= y) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }

  /** The first and the last box of which something is between two heights, or would be if the gaps were theirs. */
  range(top: number, bottom: number): readonly [first: number, last: number] {
    return [this.at(top), this.at(bottom)];
  }

  /** The box of which most is to be seen between two heights, as a share of what could be; of equals the first. */
  main(top: number, bottom: number): number {
    const [first, last] = this.range(top, bottom);
    const seen = (index: number): number => {
      const shown = Math.min(bottom, this.bottom(index)) - Math.max(top, this.top(index));
      return shown / Math.max(1, Math.min(this.#heights[index]!, bottom - top));
    };
    let main = first;
    for (let index = first + 1; index <= last; index++) {
      if (seen(index) > seen(main) + 0.01) {
        main = index;
      }
    }
    return main;
  }
}
