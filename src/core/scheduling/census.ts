import type { PoolIndex } from './pool-index.ts';
import type { PoolSlot } from './pool-slot.ts';

/** What one look at every pool of a list found, good until anything starts, ends or changes anywhere. */
interface Counted {
  readonly usage: number;
  readonly mostFree: number;
  /** Pools without room, by type and slots. */
  readonly full: Map<string, number>;
}

type Prices = readonly [least: number, most: number];

/** Counts over lists of pools that many tasks share, kept while they hold: whoever asks about many tasks pays for one look. */
export class Census {
  readonly #pools: PoolIndex;
  readonly #counted = new WeakMap<readonly PoolSlot[], Counted>();
  readonly #prices = new WeakMap<readonly PoolSlot[], Prices>();

  constructor(pools: PoolIndex) {
    this.#pools = pools;
  }

  /** Free slots of the pool that has most. */
  mostFree(list: readonly PoolSlot[]): number {
    return this.#count(list).mostFree;
  }

  /** Pools that have no room for so many slots of a type. */
  full(list: readonly PoolSlot[], type: number, slots: number): number {
    const { full } = this.#count(list);
    const key = `${type} ${slots}`;
    const known = full.get(key);
    if (known !== undefined) return known;
    let count = 0;
    for (const pool of list) if (pool.roomFor(type) < slots) count++;
    full.set(key, count);
    return count;
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
    const { usage } = this.#pools;
    const known = this.#counted.get(list);
    if (known?.usage === usage) return known;
    let mostFree = 0;
    for (const pool of list) mostFree = Math.max(mostFree, pool.free);
    const counted = { usage, mostFree, full: new Map<string, number>() };
    this.#counted.set(list, counted);
    return counted;
  }
}
