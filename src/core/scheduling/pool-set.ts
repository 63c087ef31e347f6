import type { ResourceType } from '../domain/task.ts';
import type { LabelClass } from './label-profiles.ts';
import { ParkingLot } from './parking-lot.ts';
import type { PoolOrder } from './pool-order.ts';
import type { PoolSlot } from './pool-slot.ts';

/** Types that the same pools accept; a type capped inside some pool is a class of its own. */
export interface TypeClass {
  readonly key: string;
  /** Interned accept lists that name these types. */
  readonly lists: ReadonlySet<number>;
  /** The type whose caps count; -1: none. */
  readonly cappedType: number;
}

export interface SetFilter {
  readonly types: TypeClass;
  readonly resourceType: ResourceType | null;
  /** `undefined`: any. */
  readonly regions: readonly number[] | undefined;
  /** Dearest price, Infinity: any. */
  readonly priceCap: number;
  /** `undefined`: labels do not matter. */
  readonly labels: LabelClass | undefined;
}

/** The pools that a need may use within one ring, and the needs that wait for room there. */
export class PoolSet {
  readonly key: string;
  readonly filter: SetFilter;
  readonly pools: PoolSlot[] = [];
  /** One per rule (and home region) of the strategy in force, and of the one being prepared. */
  readonly orders: PoolOrder[] = [];
  readonly lot = new ParkingLot();
  /** Layouts that use it. */
  users = 0;
  #largest = 0;

  constructor(key: string, filter: SetFilter) {
    this.key = key;
    this.filter = filter;
  }

  /** Most free slots of any pool. */
  get most(): number {
    return this.orders[0]?.most ?? 0;
  }
  /** Largest capacity, whatever runs there and whatever the state. */
  get largest(): number {
    return this.#largest;
  }

  admits(pool: PoolSlot): boolean {
    const { types, resourceType, regions, priceCap, labels } = this.filter;
    return (
      (pool.accepts === -1 || types.lists.has(pool.accepts)) &&
      (resourceType === null || pool.resourceType === resourceType) &&
      (regions === undefined || regions.includes(pool.region)) &&
      pool.costPerUnit <= priceCap &&
      (labels === undefined || labels.met[pool.profile.id] === 1)
    );
  }

  /** After the pools of the set or their capacities changed. */
  measure(): void {
    this.#largest = this.pools.reduce((most, pool) => Math.max(most, pool.capacity), 0);
  }

  refresh(pool: PoolSlot): void {
    for (const order of this.orders) order.refresh(pool);
  }
}
