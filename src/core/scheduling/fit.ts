import { meets } from './demand.ts';
import type { FitCheck } from './fit-checks.ts';
import type { Need } from './need.ts';
import type { PoolIndex } from './pool-index.ts';
import type { PoolSlot } from './pool-slot.ts';

export function passes(check: FitCheck, need: Need, pool: PoolSlot, pools: PoolIndex): boolean {
  const { resourceType, stays, constraints } = need.demand;
  switch (check) {
    case 'type':
      return pools.accepts(pool, need.type.name);
    case 'parts':
      return need.parts === 1 || pool.runsParts;
    case 'resource_type':
      return resourceType === null || pool.resourceType === resourceType;
    case 'region':
      return !stays || need.reach === undefined || need.reach.includes(pool.region);
    case 'label':
      return constraints === undefined || meets(pool.profile.labels, constraints);
    case 'price':
      return pool.costPerUnit <= need.priceCap;
    case 'slots':
      return pool.largestFor(need.type.id) >= need.slots;
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
