import type { RunTable } from './run-table.ts';
import { Tally } from './tally.ts';

/** Attempts of one type for one tenant that run on some pools; one of several parts counts once on each. */
export interface Holder {
  readonly type: string;
  readonly tenant: string;
  readonly tasks: number;
  readonly slots: number;
}

export interface Names {
  readonly type: (id: number) => string;
  readonly tenant: (id: number) => string;
}

/** Who holds the slots of some pools, most slots first: O(running attempts). */
export function holdersOf(runs: RunTable, pools: readonly { readonly place: number }[], names: Names): Holder[] {
  const isThere = new Uint8Array(1 + pools.reduce((largest, { place }) => Math.max(largest, place), 0));
  for (const { place } of pools) isThere[place] = 1;
  const tally = new Tally();
  runs.each((row) => {
    if (isThere[runs.poolAt(row)] === 1) tally.add(runs.typeAt(row), runs.tenantAt(row), runs.slotsAt(row));
  });
  return tally
    .all()
    .map(({ type, tenant, tasks, slots }) => ({ type: names.type(type), tenant: names.tenant(tenant), tasks, slots }))
    .sort((a, b) => b.slots - a.slots || b.tasks - a.tasks || (a.type < b.type || (a.type === b.type && a.tenant < b.tenant) ? -1 : 1));
}
