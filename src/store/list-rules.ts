import type { TaskFilter } from '../core/ports/task-store.ts';

/** Totals that no counter knows are counted up to here. */
export const countLimit = 10_000;

/** Counters are kept per status, type and region: a filter over nothing else has an exact total for free. */
export function countersKnow(filter: TaskFilter): boolean {
  const { status: _status, type: _type, region: _region, ...others } = filter;
  return Object.values(others).every((value) => value === undefined);
}
