// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
import type { Facts, PoolView, TaskView } from '../../strategies/strategy.ts';
import { MaxFree } from '../max-free.ts';
import type { PickRecord } from './pick-record.ts';
import { type Leaves, type Picker, second, taken } from './picker.ts';

/** Shares are compared in parts of this: equal to nine digits is equal. */
const whole = 2 ** 30;
/** Leaves looked at for room for all slots of a task. */
const mostTries = 32;

/** The one with the largest share of free slots. */
export class LeastLoaded implements Picker {
  #leaves: Leaves | undefined;
  #shares = new MaxFree([]);
  // Set aside during a search.
  readonly #aside = new Int32Array(mostTries + 1);
  readonly #asideShares = new Int32Array(mostTries + 1);

  arrange(leaves: Leaves): void {
    this.#leaves = leaves;
    this.#shares = new MaxFree(leaves.pools.map((_, leaf) => this.#shareAt(leaf)));
  }

  roomChanged(leaf: number): void {
    this.#shares.set(leaf, this.#shareAt(leaf));
  }

  pick(_task: TaskView, slots: number, _facts: Facts, record: PickRecord): void {
    const { pools, room } = this.#leaves!; // arranged before it is asked
    let asides = 0;
    let winner = -1;
    let next = -1;
    while (next === -1 && asides < (winner === -1 ? mostTries : mostTries + 1)) {
      const leaf = this.#shares.mostFree(1);
      if (leaf === -1) break;
      if (room.at(leaf) >= slots) {
        if (winner === -1) winner = leaf;
        else next = leaf;
      }
      this.#aside[asides] = leaf;
      this.#asideShares[asides++] = this.#shares.at(leaf);
      this.#shares.set(leaf, 0);
    }
    while (asides > 0) {
      asides--;
      this.#shares.set(this.#aside[asides]!, this.#asideShares[asides]!);
    }
    if (winner === -1) winner = room.firstFit(slots);
    if (winner === -1) return;
    taken(record, pools[winner]!, loadOf(pools[winner]!));
    if (next !== -1) second(record, pools[next]!, loadOf(pools[next]!));
  }

  /** 0 without room, else at least 1. */
  #shareAt(leaf: number): number {
    const { pools, room } = this.#leaves!; // arranged before it is asked
    const { capacity, free, widest = Number.POSITIVE_INFINITY } = pools[leaf]!;
    const open = room.at(leaf);
    // The room of one machine is not the share of all of them.
    return Math.floor(((open === widest ? free : open) / Math.max(1, capacity)) * whole);
  }
}

/** Share of the slots in use. */
export function loadOf({ free, capacity }: PoolView): number {
  return capacity === 0 ? 1 : (capacity - free) / capacity;
}
