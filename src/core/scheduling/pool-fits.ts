import { constraintText, holds } from '../domain/constraint.ts';
import type { PoolCheck, PoolFit } from './answers.ts';
import { passes } from './fit.ts';
import { type FitCheck, fitChecks } from './fit-checks.ts';
import type { Need } from './need.ts';
import type { PoolIndex } from './pool-index.ts';
import type { PoolSlot } from './pool-slot.ts';

/** Demands of the need that a pool does not meet now, as they are told: a larger task than the pool is lacks room there too. */
export function missesOf(need: Need, pool: PoolSlot, pools: PoolIndex): FitCheck[] {
  const misses: FitCheck[] = [];
  for (const check of fitChecks) if (!passes(check, need, pool, pools)) misses.push(check);
  return misses;
}

/** What comes and goes by itself. */
const passing: readonly FitCheck[] = ['type_limit', 'room'];

/** A page of all pools, those that come closest first, whatever runs there: one pass over the pools. */
export function poolFits(
  need: Need,
  pools: PoolIndex,
  offset: number,
  limit: number,
): { readonly total: number; readonly fits: PoolFit[] } {
  const byMisses: PoolSlot[][] = [];
  for (const pool of pools.all()) {
    const misses = missesOf(need, pool, pools);
    const lasting = misses.filter((check) => !passing.includes(check)).length;
    const some = byMisses[lasting * fitChecks.length + misses.length];
    if (some === undefined) byMisses[lasting * fitChecks.length + misses.length] = [pool];
    else some.push(pool);
  }
  const all = byMisses.flatMap((some) => some.sort((a, b) => a.id - b.id));
  const fits = all.slice(offset, offset + limit).map((pool) => ({
    poolId: pool.id,
    checks: checksOf(need).map((check) => ({ check, isMet: passes(check, need, pool, pools), ...wordsFor(check, need, pool, pools) })),
  }));
  return { total: all.length, fits };
}

/** Who has one part is not told about parts. */
function checksOf({ parts }: Need): readonly FitCheck[] {
  return parts === 1 ? fitChecks.filter((check) => check !== 'parts') : fitChecks;
}

function wordsFor(check: FitCheck, need: Need, pool: PoolSlot, pools: PoolIndex): Pick<PoolCheck, 'need' | 'have'> {
  const { resourceType, stays, constraints } = need.demand;
  const cap = pool.caps?.get(need.type.id);
  switch (check) {
    case 'type':
      return { need: need.type.name, have: null };
    case 'parts':
      return { need: need.parts, have: pool.runsParts ? null : 1 };
    case 'resource_type':
      return { need: resourceType, have: pool.resourceType };
    case 'region': {
      const reach = stays ? need.reach : undefined;
      return { need: reach?.map((id) => pools.regions.nameOf(id)).join(', ') ?? null, have: pools.regions.nameOf(pool.region) };
    }
    case 'label':
      return labelWords(constraints?.all ?? [], pool);
    case 'price':
      return { need: need.priceCap === Number.POSITIVE_INFINITY ? null : Math.max(0, need.priceCap), have: pool.costPerUnit };
    case 'slots':
      return { need: need.slots, have: pool.largestFor(need.type.id) };
    case 'state':
      return { need: 'active', have: pool.state };
    case 'type_limit':
      return { need: cap?.most ?? null, have: cap?.running ?? null };
    case 'room':
      return { need: need.slots, have: pool.free };
  }
}

/** The constraints it does not meet, else all. */
function labelWords(constraints: NonNullable<Need['demand']['constraints']>['all'], pool: PoolSlot): Pick<PoolCheck, 'need' | 'have'> {
  if (constraints.length === 0) return { need: null, have: null };
  const unmet = constraints.filter((one) => !holds(one, pool.profile.labels.get(one.label)));
  const told = unmet.length === 0 ? constraints : unmet;
  const have = told.map(({ label }) => `${label}: ${pool.profile.labels.get(label) ?? 'none'}`);
  return { need: told.map(constraintText).join(', '), have: [...new Set(have)].join(', ') };
}
