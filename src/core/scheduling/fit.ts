import { meets } from './demand.ts';
import type { Need } from './need.ts';
import type { PoolIndex } from './pool-index.ts';
import type { PoolSlot } from './pool-slot.ts';

/**
 * What a pool must pass to take a task now, in the order it is told: what it is, whether it takes anything, how many of a type it may run, and
 * room. `passes` of all of them says the same as being in a set and having room there.
 */
export const fitChecks = ['type', 'resource_type', 'region', 'label', 'price', 'slots', 'state', 'type_limit', 'room'] as const;
export type FitCheck = (typeof fitChecks)[number];

export function passes(check: FitCheck, need: Need, pool: PoolSlot, pools: PoolIndex): boolean {
  const { resourceType, stays, constraints } = need.demand;
  switch (check) {
    case 'type':
      return pools.accepts(pool, need.type.name);
    case 'resource_type':
      return resourceType === null || pool.resourceType === resourceType;
    case 'region':
      return !stays || need.reach === undefined || need.reach.includes(pool.region);
    case 'label':
      return constraints === undefined || meets(pool.profile.labels, constraints);
    case 'price':
      return pool.costPerUnit <= need.priceCap;
    case 'slots':
      return pool.capacity >= need.slots;
    case 'state':
      return pool.state === 'active';
    case 'type_limit': {
      const cap = pool.caps?.get(need.type.id);
      return cap === undefined || cap.running < cap.most;
    }
    case 'room':
      return pool.free >= need.slots;
  }
}
