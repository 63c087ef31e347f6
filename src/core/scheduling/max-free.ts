// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
/**
 * Free slots of a row of pools, answering "the first that fits" and "the emptiest" in O(log P).
 * Leaves keep the order they were given in; inner nodes hold the most free slots below them. A leaf that must not be used shows 0:
 * every demand is at least 1.
 */
export class MaxFree {
  // Root 1, children 2i and 2i + 1, leaves from #size on. Indices below are in range by construction.
  readonly #tree: Int32Array;
  readonly #size: number;

  constructor(free: ArrayLike<number>) {
    let size = 1;
    while (size < free.length) size <<= 1;
    const tree = new Int32Array(2 * size);
    tree.set(free, size);
    for (let i = size - 1; i > 0; i--) tree[i] = Math.max(tree[2 * i]!, tree[2 * i + 1]!);
    this.#tree = tree;
    this.#size = size;
  }

  get most(): number {
    return this.#tree[1]!;
  }

  set(leaf: number, free: number): void {
    const tree = this.#tree;
    let i = this.#size + leaf;
    tree[i] = free;
    for (i >>= 1; i > 0; i >>= 1) {
      const most = Math.max(tree[2 * i]!, tree[2 * i + 1]!);
      if (tree[i] === most) return; // nothing changes above
      tree[i] = most;
    }
  }

  /** First leaf from `from` on with `demand` free, or -1. `from` = winner + 1 gives the runner-up. */
  firstFit(demand: number, from = 0): number {
    const tree = this.#tree;
    const size = this.#size;
    if (from >= size) return -1;
    let i = size + from;
    while (tree[i]! < demand) {
      while ((i & 1) === 1) i >>= 1; // a right child or the root: up
      if (i === 0) return -1;
      i++; // a left child: its sibling
    }
    while (i < size) {
      i <<= 1;
      if (tree[i]! < demand) i++;
    }
    return i - size;
  }

  /** The leftmost of the emptiest leaves, or -1 when it has less than `demand` free. */
  mostFree(demand: number): number {
    const tree = this.#tree;
    const most = tree[1]!;
    if (most < demand) return -1;
    let i = 1;
    while (i < this.#size) {
      i <<= 1;
      if (tree[i] !== most) i++;
    }
    return i - this.#size;
  }
}
