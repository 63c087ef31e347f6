import type { TaskEntry } from '../../src/core/domain/task.ts';
import type { PoolEntry } from '../../src/core/scheduling/core.ts';

/** Parts of a gang that the machines of a pool hold, one machine after the other; Infinity: any free slots will do. */
export function partsOnNodes({ partNodes }: PoolEntry, { slots, parts, type }: TaskEntry): number {
  if (parts === 1 || partNodes === undefined) return Infinity;
  let fit = 0;
  for (const node of partNodes) {
    if (!node.types.includes('*') && !node.types.includes(type)) continue;
    for (let i = 0; i < node.count; i++) for (let free = node.slots; free >= slots; free -= slots) fit++;
  }
  return fit;
}
