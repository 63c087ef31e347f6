// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.

/**
 * The best choice of items within a capacity, by dynamic programming over whole units, and what it would cost to force single items in or
 * out. Reused for many rounds: nothing is allocated after the constructor. O(items x capacity) each.
 * @see Kellerer, Pferschy, Pisinger, "Knapsack Problems" (2004), chapter 2
 */
export class Knapsack {
  readonly #capacity: number;
  /** Row i: the best of the first i items offered, by capacity. */
  readonly #best: Float64Array;
  readonly #after: Float64Array;
  readonly #items: Int32Array;
  readonly #weights: Int32Array;
  readonly #values: Float64Array;
  #count = 0;

  /** @param items the most that will be offered. @param capacity the largest that will be asked for. */
  constructor(items: number, capacity: number) {
    this.#capacity = capacity;
    this.#best = new Float64Array((items + 1) * (capacity + 1));
    this.#after = new Float64Array(capacity + 1);
    this.#items = new Int32Array(items);
    this.#weights = new Int32Array(items);
    this.#values = new Float64Array(items);
  }

  clear(): void {
    this.#count = 0;
  }

  /** An item worth something; one that is not would never be chosen. */
  offer(item: number, weight: number, value: number): void {
    this.#items[this.#count] = item;
    this.#weights[this.#count] = weight;
    this.#values[this.#count++] = value;
  }

  /** @returns the value of the best choice. */
  solve(capacity: number): number {
    const best = this.#best;
    const width = this.#capacity + 1;
    best.fill(0, 0, capacity + 1);
    for (let i = 0; i < this.#count; i++) {
      const [weight, value] = [this.#weights[i]!, this.#values[i]!];
      const above = i * width;
      const row = above + width;
      const fits = Math.min(weight, capacity + 1);
      for (let room = 0; room < fits; room++) best[row + room] = best[above + room]!;
      for (let room = fits; room <= capacity; room++) {
        best[row + room] = Math.max(best[above + room]!, best[above + room - weight]! + value);
      }
    }
    return best[this.#count * width + capacity]!;
  }

  /** The best with less capacity; after `solve`. */
  within(capacity: number): number {
    return this.#best[this.#count * (this.#capacity + 1) + capacity]!;
  }

  /** The items of the best choice; after `solve`. */
  chosen(capacity: number, tell: (item: number) => void): void {
    const width = this.#capacity + 1;
    let room = capacity;
    for (let i = this.#count - 1; i >= 0; i--) {
      if (this.#best[(i + 1) * width + room] === this.#best[i * width + room]) continue;
      tell(this.#items[i]!);
      room -= this.#weights[i]!;
    }
  }

  /** For every item offered the best choice that has it (-Infinity: it does not fit) and the best without it; after `solve`. */
  forced(capacity: number, tell: (item: number, withIt: number, withoutIt: number) => void): void {
    const [best, after] = [this.#best, this.#after];
    const width = this.#capacity + 1;
    after.fill(0, 0, capacity + 1); // the best of the items behind i, by capacity
    for (let i = this.#count - 1; i >= 0; i--) {
      const [weight, value] = [this.#weights[i]!, this.#values[i]!];
      const row = i * width;
      let withIt = Number.NEGATIVE_INFINITY;
      let withoutIt = 0;
      for (let room = 0; room <= capacity; room++) {
        const out = best[row + room]! + after[capacity - room]!;
        if (out > withoutIt) withoutIt = out;
      }
      for (let room = capacity - weight; room >= 0; room--) {
        const rest = best[row + room]! + after[capacity - weight - room]! + value;
        if (rest > withIt) withIt = rest;
      }
      tell(this.#items[i]!, withIt, withoutIt);
      for (let room = capacity; room >= weight; room--) {
        const used = after[room - weight]! + value;
        if (used > after[room]!) after[room] = used;
      }
    }
  }
}
