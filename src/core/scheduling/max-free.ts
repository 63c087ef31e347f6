// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
/** Children of a node: sixteen 32-bit numbers are one line of the processor's cache. */
const wayBits = 4;
const ways = 1 << wayBits;

/**
 * Free slots of a row of pools, or another whole number that is more where more is better: answers "the first with at least so much" and
 * "the most" in O(log P). Leaves keep the order they were given in; inner nodes hold the most below them. A leaf that must not be used shows
 * 0: every demand is at least 1.
 */
export class MaxFree {
  // Level by level, the leaves first and the root last; each level but the root is filled up with 0 to whole nodes.
  readonly #nodes: Int32Array;
  /** Where levels begin. */
  readonly #starts: number[] = [];
  readonly #top: number;

  constructor(free: ArrayLike<number>) {
    let total = 0;
    let count = Math.max(1, free.length);
    while (count > 1) {
      count = (count + ways - 1) >> wayBits;
      this.#starts.push(total);
      total += count << wayBits;
    }
    this.#starts.push(total);
    this.#top = this.#starts.length - 1;
    this.#nodes = new Int32Array(total + 1);
    this.#nodes.set(free);
    for (let level = 0; level < this.#top; level++) {
      const above = this.#starts[level + 1]!;
      const end = (above - this.#starts[level]!) >> wayBits;
      for (let i = 0; i < end; i++) this.#nodes[above + i] = this.#mostOf(level, i);
    }
  }

  get most(): number {
    return this.#nodes[this.#starts[this.#top]!]!;
  }

  at(leaf: number): number {
    return this.#nodes[leaf]!;
  }

  set(leaf: number, free: number): void {
    const nodes = this.#nodes;
    let i = leaf;
    let value = free;
    for (let level = 0; ; level++) {
      const at = this.#starts[level]! + i;
      const before = nodes[at]!;
      if (before === value) return; // nothing changes above
      nodes[at] = value;
      if (level === this.#top) return;
      i >>= wayBits;
      const parent = nodes[this.#starts[level + 1]! + i]!;
      if (value < parent) {
        if (before < parent) return; // another child has the most
        value = this.#mostOf(level, i);
      }
    }
  }

  /** First leaf from `from` on with at least `demand`, or -1. `from` = winner + 1 gives the runner-up. */
  firstFit(demand: number, from = 0): number {
    const nodes = this.#nodes;
    if (this.most < demand) return -1;
    let i = from;
    for (let level = 0; level <= this.#top; level++, i >>= wayBits) {
      const start = this.#starts[level]!;
      const end = level === this.#top ? 1 : this.#starts[level + 1]! - start;
      if (i >= end) return -1;
      const blockEnd = Math.min(end, (i | (ways - 1)) + 1);
      for (; i < blockEnd; i++) if (nodes[start + i]! >= demand) return this.#firstBelow(level, i, demand);
    }
    return -1;
  }

  /** The leftmost of the leaves with the most, or -1 when that is less than `demand`. */
  mostFree(demand: number): number {
    const most = this.most;
    return most < demand ? -1 : this.#firstBelow(this.#top, 0, most);
  }

  #firstBelow(level: number, node: number, demand: number): number {
    const nodes = this.#nodes;
    let i = node;
    for (let below = level - 1; below >= 0; below--) {
      const start = this.#starts[below]!;
      i <<= wayBits;
      while (nodes[start + i]! < demand) i++;
    }
    return i;
  }

  /** Of the sixteen nodes on `level` that have the same parent. */
  #mostOf(level: number, parent: number): number {
    const nodes = this.#nodes;
    const first = this.#starts[level]! + (parent << wayBits);
    let most = nodes[first]!;
    for (let i = first + 1; i < first + ways; i++) if (nodes[i]! > most) most = nodes[i]!;
    return most;
  }
}
