// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
/**
 * Waiting jobs in the order they are tried in for backfilling, answering "the next that may start now" without looking at the others: a
 * segment tree with the fewest processors and the shortest estimate below each node. Places are given once, by rank; who does not wait has
 * Infinity in both.
 */
export class CandidateTree {
  // Root 1, children 2i and 2i + 1, leaves from #size on.
  readonly #processors: Float64Array;
  readonly #estimates: Float64Array;
  readonly #size: number;

  constructor(places: number) {
    let size = 1;
    while (size < places) size <<= 1;
    this.#size = size;
    this.#processors = new Float64Array(2 * size).fill(Number.POSITIVE_INFINITY);
    this.#estimates = new Float64Array(2 * size).fill(Number.POSITIVE_INFINITY);
  }

  add(place: number, processors: number, estimate: number): void {
    let i = this.#size + place;
    this.#processors[i] = processors;
    this.#estimates[i] = estimate;
    for (i >>= 1; i > 0; i >>= 1) {
      const fewer = processors < this.#processors[i]!;
      const shorter = estimate < this.#estimates[i]!;
      if (!fewer && !shorter) return; // nothing changes above
      if (fewer) this.#processors[i] = processors;
      if (shorter) this.#estimates[i] = estimate;
    }
  }

  remove(place: number): void {
    const processors = this.#processors;
    const estimates = this.#estimates;
    let i = this.#size + place;
    processors[i] = Number.POSITIVE_INFINITY;
    estimates[i] = Number.POSITIVE_INFINITY;
    for (i >>= 1; i > 0; i >>= 1) {
      const fewest = Math.min(processors[2 * i]!, processors[2 * i + 1]!);
      const shortest = Math.min(estimates[2 * i]!, estimates[2 * i + 1]!);
      if (processors[i] === fewest && estimates[i] === shortest) return;
      processors[i] = fewest;
      estimates[i] = shortest;
    }
  }

  /**
   * First place from `from` on whose job fits `free` processors and either ends within `time` by its estimate or fits `extra`. -1: none.
   */
  next(from: number, free: number, time: number, extra: number): number {
    const size = this.#size;
    if (from >= size || !this.#mayHold(1, free, time, extra)) return -1;
    let i = size + from;
    for (;;) {
      if (this.#mayHold(i, free, time, extra)) {
        if (i >= size) return i - size;
        i <<= 1; // the left half first
        continue;
      }
      // On to the next node on the right that is not below one already left behind.
      while ((i & 1) === 1) i >>= 1;
      if (i === 0) return -1;
      i++;
    }
  }

  /** True of a leaf that fits; true of a node when some leaf below may. */
  #mayHold(i: number, free: number, time: number, extra: number): boolean {
    const fewest = this.#processors[i]!;
    return fewest <= free && (fewest <= extra || this.#estimates[i]! <= time);
  }
}
