import type { PoolSlot } from './pool-slot.ts';

/**
 * How many parts of one size the pools of a set have room for together. A gang fits when that is no less than its parts, wherever they go: a part
 * takes one place of one pool and none of another's.
 */
export class PartRoom {
  /** Of one part. */
  readonly slots: number;
  /** Parts that fit now. */
  free = 0;
  /** Parts that would fit did nothing run there, whatever the state of the pools; and in those that take tasks now. */
  most = 0;
  mostActive = 0;
  readonly #type: number;
  // By place of the pool: its part of `free`.
  #at = new Int32Array(0);

  /** @param type whose caps count; -1: none do */
  constructor(slots: number, type: number, pools: readonly PoolSlot[]) {
    this.slots = slots;
    this.#type = type;
    this.measure(pools);
  }

  /** After the pools of the set or their capacities changed: O(P). */
  measure(pools: readonly PoolSlot[]): void {
    this.#at = new Int32Array(pools.reduce((most, { place }) => Math.max(most, place + 1), 0));
    this.free = this.most = this.mostActive = 0;
    for (const pool of pools) {
      const most = pool.mostParts(this.#type, this.slots);
      this.most += most;
      if (pool.state === 'active') this.mostActive += most;
      this.refresh(pool);
    }
  }

  /** Its room changed. */
  refresh(pool: PoolSlot): void {
    const parts = pool.partsFor(this.#type, this.slots);
    this.free += parts - (this.#at[pool.place] ?? 0);
    this.#at[pool.place] = parts;
  }
}
