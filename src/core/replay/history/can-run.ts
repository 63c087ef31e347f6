import { constraintsText, holds } from '../../domain/constraint.ts';
import type { TaskEntry } from '../../domain/task.ts';
import type { PoolEntry } from '../../scheduling/core.ts';
import { inMap } from '../in-map.ts';

/** Tasks of one class can run on the same pools, as far as slots, price and load let them. */
export function classOf({ type, parts, resourceType, regionMode, region, regions, constraints }: TaskEntry): string {
  const bound = regionMode === 'require' ? (regions ?? (region === null ? [] : [region])).join() : '';
  return `${parts > 1 ? 'parts ' : ''}${type}|${resourceType ?? ''}|${bound}|${constraints === null ? '' : constraintsText(constraints)}`;
}

/** Numbers of classes from 0, in the order in which they come. Most tasks are bound to nothing, and their class needs no text. */
export function createClassNumbers(): (entry: TaskEntry) => number {
  const known = new Map<string, number>();
  const unbound = new Map<string, Map<TaskEntry['resourceType'], number>>();

  function numberOf(entry: TaskEntry): number {
    return inMap(known, classOf(entry), () => known.size);
  }

  return (entry) => {
    const { type, parts, resourceType, regionMode, constraints } = entry;
    if (parts > 1 || regionMode === 'require' || constraints !== null) return numberOf(entry);
    const resources = inMap(unbound, type, () => new Map<TaskEntry['resourceType'], number>());
    return inMap(resources, resourceType, () => numberOf(entry));
  };
}

/** Whether the pool is of a kind that could run the task. */
export function couldRun(entry: TaskEntry, pool: PoolEntry): boolean {
  if (entry.parts > 1 && pool.runsParts === false) return false;
  const { type, resourceType, regionMode, region, regions, constraints } = entry;
  if (pool.accepts !== undefined && !pool.accepts.includes(type)) return false;
  if (resourceType !== null && pool.resourceType !== resourceType) return false;
  const bound = regions ?? (region === null ? [] : [region]);
  if (regionMode === 'require' && bound.length > 0 && !bound.includes(pool.region)) return false;
  return constraints === null || constraints.every((constraint) => holds(constraint, pool.labels[constraint.label]));
}
