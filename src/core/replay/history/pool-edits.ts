import type { PoolEdit } from '../../domain/replay.ts';
import type { PoolEntry } from '../../scheduling/core.ts';

/** A pool as it would be. */
export function edited(pool: PoolEntry, edits: readonly PoolEdit[]): PoolEntry {
  const edit = edits.find(({ name }) => name === pool.name);
  return edit === undefined ? pool : { ...pool, ...edit };
}

/** Pools that edits add, after all that are known. */
export function addedPools(edits: readonly PoolEdit[], known: readonly PoolEntry[]): readonly PoolEntry[] {
  let id = Math.max(0, ...known.map((pool) => pool.id));
  return edits
    .filter(({ name }) => !known.some((pool) => pool.name === name))
    .map((edit) => ({
      ...{
        region: '',
        resourceType: 'cpu',
        costPerUnit: 0,
        capacity: 0,
        speed: 1,
        state: 'active',
        accepts: undefined,
        typeLimits: {},
        labels: {},
        carbonGramsPerKwh: 0,
      },
      ...edit,
      id: ++id,
    }));
}
