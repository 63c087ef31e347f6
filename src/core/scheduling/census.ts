// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
import type { PoolIndex } from './pool-index.ts';
import type { PoolSlot } from './pool-slot.ts';
import { mostCounted, RoomTally } from './room-tally.ts';

/** Pools of a list without room for so many slots of a type. */
interface Full {
  readonly type: number;
  readonly slots: number;
  /** By place. */
  readonly isFull: Uint8Array;
  count: number;
}

/** What was found out about a list of pools, as of so many changes. */
interface Counted {
  changes: number;
  /** By place; -1: not of the list. */
  readonly free: Int32Array;
  readonly tally: RoomTally;
  /** By type and slots. */
  readonly full: Map<string, Full>;
}

type Prices = readonly [least: number, most: number];

/** Questions about one list that are kept up to date; there are seldom more. */
const mostQuestions = 32;

/** Counts over lists of pools that many tasks share. Each list is counted once, and caught up with what changed since it was asked last. */
export class Census {
  readonly #pools: PoolIndex;
  readonly #counted = new WeakMap<readonly PoolSlot[], Counted>();
  readonly #prices = new WeakMap<readonly PoolSlot[], Prices>();

  constructor(pools: PoolIndex) {
    this.#pools = pools;
  }

  /** Free slots of the pool that has most. */
  mostFree(list: readonly PoolSlot[]): number {
    const { most } = this.#count(list).tally;
    return most < mostCounted ? most : list.reduce((largest, { free }) => Math.max(largest, free), 0);
  }

  /** Pools with fewer free slots. */
  below(list: readonly PoolSlot[], slots: number): number {
    const { tally } = this.#count(list);
    return slots <= mostCounted ? tally.below(slots) : list.reduce((count, { free }) => (free < slots ? count + 1 : count), 0);
  }

  /** Pools that have no room for so many slots of a type. */
  full(list: readonly PoolSlot[], type: number, slots: number): number {
    const { full, free } = this.#count(list);
    const key = `${type} ${slots}`;
    const known = full.get(key);
    if (known !== undefined) return known.count;
    const made = { type, slots, isFull: new Uint8Array(free.length), count: 0 };
    for (const pool of list) this.#judge(made, pool);
    if (full.size >= mostQuestions) full.clear();
    full.set(key, made);
    return made.count;
  }

  /** Parts of so many slots that there is room for in all of them together. */
  parts(list: readonly PoolSlot[], type: number, slots: number): number {
    let parts = 0;
    for (const pool of list) parts += pool.partsFor(type, slots);
    return parts;
  }

  /** Of a unit of work. Only of a list that is made anew when pools change. */
  prices(list: readonly PoolSlot[]): Prices | undefined {
    if (list.length === 0) return undefined;
    const known = this.#prices.get(list);
    if (known !== undefined) return known;
    let least = Number.POSITIVE_INFINITY;
    let most = 0;
    for (const { costPerUnit } of list) {
      least = Math.min(least, costPerUnit);
      most = Math.max(most, costPerUnit);
    }
    this.#prices.set(list, [least, most]);
    return [least, most];
  }

  #count(list: readonly PoolSlot[]): Counted {
    const { changes } = this.#pools;
    const known = this.#counted.get(list);
    if (known === undefined || !changes.reaches(known.changes)) return this.#countAnew(list);
    for (let nth = known.changes; nth < changes.count; nth++) this.#catchUp(known, changes.at(nth, 0));
    known.changes = changes.count;
    return known;
  }

  #catchUp({ free, tally, full }: Counted, place: number): void {
    const before = free[place] ?? -1;
    if (before === -1) return;
    const pool = this.#pools.at(place);
    tally.remove(before);
    tally.add(pool.free);
    free[place] = pool.free;
    for (const one of full.values()) this.#judge(one, pool);
  }

  #countAnew(list: readonly PoolSlot[]): Counted {
    const free = new Int32Array(1 + list.reduce((largest, { place }) => Math.max(largest, place), 0)).fill(-1);
    const tally = new RoomTally();
    for (const pool of list) {
      free[pool.place] = pool.free;
      tally.add(pool.free);
    }
    const counted = { changes: this.#pools.changes.count, free, tally, full: new Map<string, Full>() };
    this.#counted.set(list, counted);
    return counted;
  }

  #judge(full: Full, pool: PoolSlot): void {
    const isFull = pool.roomFor(full.type) < full.slots ? 1 : 0;
    full.count += isFull - full.isFull[pool.place]!;
    full.isFull[pool.place] = isFull;
  }
}
