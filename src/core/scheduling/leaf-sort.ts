// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
import type { PoolSlot } from './pool-slot.ts';

/** Where a rule puts a pool: lower bases first, then lower ties, then lower ids. */
interface Leaf {
  readonly pool: PoolSlot;
  readonly base: number;
  readonly tie: number;
}

/** Pools in order, with what the rule says of each. */
export interface SortedLeaves {
  readonly pools: readonly PoolSlot[];
  readonly bases: readonly number[];
  readonly ties: readonly number[];
}

/**
 * Puts pools into the order of a rule, in pieces: the rule is asked about some, or some are merged. A merge sort from the bottom up, because it
 * can stop after any pool; everything lies in typed arrays, because ten thousand objects would be garbage in the middle of a switch.
 */
export class LeafSort {
  readonly #pools: readonly PoolSlot[];
  readonly #baseOf: (pool: PoolSlot) => number;
  readonly #tieOf: (pool: PoolSlot) => number;
  // By place in the list.
  readonly #bases: Float64Array;
  readonly #ties: Float64Array;
  readonly #ids: Float64Array;
  #measured = 0;
  // Sorted runs of `#width` places, of which two at a time are merged into one.
  #from: Int32Array;
  #to: Int32Array;
  #width = 1;
  #end = 0;
  #left = 0;
  #leftEnd = 0;
  #right = 0;
  #rightEnd = 0;
  readonly #sorted = { pools: [] as PoolSlot[], bases: [] as number[], ties: [] as number[] };

  constructor(pools: readonly PoolSlot[], baseOf: (pool: PoolSlot) => number, tieOf: (pool: PoolSlot) => number) {
    this.#pools = pools;
    this.#baseOf = baseOf;
    this.#tieOf = tieOf;
    this.#bases = new Float64Array(pools.length);
    this.#ties = new Float64Array(pools.length);
    this.#ids = new Float64Array(pools.length);
    this.#from = new Int32Array(pools.length);
    this.#to = new Int32Array(pools.length);
  }

  get isDone(): boolean {
    return this.#sorted.pools.length === this.#pools.length;
  }

  /** Complete once it is done. */
  get sorted(): SortedLeaves {
    return this.#sorted;
  }

  /** @param most pools to ask about, to move or to put down; Infinity: all @returns how many it were */
  step(most: number): number {
    const { length } = this.#pools;
    let done = 0;
    for (; done < most && this.#measured < length; done++) this.#measure(this.#measured++);
    for (; done < most && this.#width < length; done++) this.#move();
    for (; done < most && !this.isDone; done++) this.#put(this.#from[this.#sorted.pools.length]!);
    return done;
  }

  #measure(at: number): void {
    const pool = this.#pools[at]!;
    this.#bases[at] = this.#baseOf(pool);
    this.#ties[at] = this.#tieOf(pool);
    this.#ids[at] = pool.id;
    this.#from[at] = at;
  }

  #move(): void {
    if (this.#left === this.#leftEnd && this.#right === this.#rightEnd) this.#nextPair();
    const isLeft =
      this.#right === this.#rightEnd || (this.#left < this.#leftEnd && !this.#isBefore(this.#from[this.#right]!, this.#from[this.#left]!));
    this.#to[this.#end++] = isLeft ? this.#from[this.#left++]! : this.#from[this.#right++]!;
    if (this.#end === this.#pools.length) this.#nextRound();
  }

  #nextPair(): void {
    const { length } = this.#pools;
    this.#left = this.#end;
    this.#leftEnd = Math.min(this.#left + this.#width, length);
    this.#right = this.#leftEnd;
    this.#rightEnd = Math.min(this.#right + this.#width, length);
  }

  #nextRound(): void {
    [this.#from, this.#to] = [this.#to, this.#from];
    this.#width *= 2;
    this.#end = 0;
    this.#left = this.#leftEnd = this.#right = this.#rightEnd = 0;
  }

  #put(at: number): void {
    const { pools, bases, ties } = this.#sorted;
    pools.push(this.#pools[at]!);
    bases.push(this.#bases[at]!);
    ties.push(this.#ties[at]!);
  }

  #isBefore(a: number, b: number): boolean {
    const bases = this.#bases;
    if (bases[a] !== bases[b]) return bases[a]! < bases[b]!;
    const ties = this.#ties;
    return ties[a]! < ties[b]! || (ties[a] === ties[b] && this.#ids[a]! < this.#ids[b]!);
  }
}

/** The leaves but one. New lists: who takes turns with whom is known by their list. */
export function without({ pools, bases, ties }: SortedLeaves, at: number): SortedLeaves {
  return { pools: pools.toSpliced(at, 1), bases: bases.toSpliced(at, 1), ties: ties.toSpliced(at, 1) };
}

/** The leaves and another one at its place. */
export function withLeaf(leaves: SortedLeaves, leaf: Leaf): SortedLeaves {
  const at = placeOf(leaf, leaves);
  return {
    pools: leaves.pools.toSpliced(at, 0, leaf.pool),
    bases: leaves.bases.toSpliced(at, 0, leaf.base),
    ties: leaves.ties.toSpliced(at, 0, leaf.tie),
  };
}

function placeOf(leaf: Leaf, { pools, bases, ties }: SortedLeaves): number {
  let low = 0;
  let high = pools.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const order = bases[middle]! - leaf.base || ties[middle]! - leaf.tie || pools[middle]!.id - leaf.pool.id;
    if (order < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
