import type { Need } from './need.ts';
import type { PoolIndex } from './pool-index.ts';
import type { PoolSlot } from './pool-slot.ts';

/** Why a pool is out for a need; the first that applies, in this order. */
const causes = ['type', 'resource_type', 'region', 'price', 'slots', 'state'] as const;
export type OutCause = (typeof causes)[number];

/** All pools sorted by what keeps them from a need, load aside. */
export interface Survey {
  readonly total: number;
  readonly mayRun: readonly PoolSlot[];
  readonly out: Readonly<Partial<Record<OutCause, number>>>;
  /** Why no pool could run it even if all were active and empty; `undefined` when one could. */
  readonly missing: Exclude<OutCause, 'state'> | undefined;
  /** Price of the cheapest pool that would do but for its price. */
  readonly cheapest: number;
  /** Capacity of the largest pool that would do but for its size. */
  readonly largest: number;
}

/** Asks every pool: O(P), for a need at a time, again only after the pools changed. */
export function survey(need: Need, pools: PoolIndex): Survey {
  const out: Partial<Record<OutCause, number>> = {};
  const mayRun: PoolSlot[] = [];
  let total = 0;
  let furthest = 0;
  let cheapest = Number.POSITIVE_INFINITY;
  let largest = 0;
  for (const pool of pools.all()) {
    total++;
    const cause = causeOf(need, pool, pools);
    if (cause === undefined) mayRun.push(pool);
    else out[cause] = (out[cause] ?? 0) + 1;
    const reached = cause === undefined ? causes.length : causes.indexOf(cause);
    furthest = Math.max(furthest, reached);
    if (reached >= causes.indexOf('price')) cheapest = Math.min(cheapest, pool.costPerUnit);
    if (reached >= causes.indexOf('slots')) largest = Math.max(largest, pool.capacity);
  }
  const missing = causes[furthest];
  return { total, mayRun, out, missing: missing === 'state' ? undefined : missing, cheapest, largest };
}

function causeOf(need: Need, pool: PoolSlot, pools: PoolIndex): OutCause | undefined {
  if (!pools.accepts(pool, need.type.name)) return 'type';
  if (need.resourceType !== null && pool.resourceType !== need.resourceType) return 'resource_type';
  if (need.stays && need.region !== -1 && pool.region !== need.region) return 'region';
  if (pool.costPerUnit > need.priceCap) return 'price';
  if (pool.capacity < need.slots) return 'slots';
  return pool.state === 'active' ? undefined : 'state';
}
