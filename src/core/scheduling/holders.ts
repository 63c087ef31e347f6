import type { Tally, TallyCell } from './tally.ts';

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

/** Holders that are named. */
export const mostHolders = 20;

/** Those with most slots, most first; ties by tasks, then by name. O(pairs): a sort of all took longer than the count. */
export function topHolders(tally: Tally, names: Names): Holder[] {
  return tally
    .top(mostHolders)
    .map((cell) => named(cell, names))
    .sort((a, b) => b.slots - a.slots || b.tasks - a.tasks || (a.type < b.type || (a.type === b.type && a.tenant < b.tenant) ? -1 : 1))
    .slice(0, mostHolders);
}

function named({ type, tenant, tasks, slots }: TallyCell, names: Names): Holder {
  return { type: names.type(type), tenant: names.tenant(tenant), tasks, slots };
}
