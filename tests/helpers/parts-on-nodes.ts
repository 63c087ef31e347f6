import type { TaskEntry } from '../../src/core/domain/task.ts';
import type { PoolEntry } from '../../src/core/scheduling/core.ts';

type Size = Pick<TaskEntry, 'slots' | 'parts' | 'type'>;

/** Parts of a gang that the machines of a pool hold, one machine after the other; Infinity: any free slots will do. */
export function partsOnNodes({ partNodes }: PoolEntry, { slots, parts, type }: Size): number {
  if (parts === 1 || partNodes === undefined) return Infinity;
  return placesOn(partNodes, slots, (types) => doesRun(types, type));
}

/**
 * The same beside what runs there, where each of its parts takes as many places as it is wide; those of other types are on machines of their own
 * first. Tasks of one part do not count.
 * @param running what runs in the pool, of a gang once for every part
 */
export function partsBeside(pool: PoolEntry, task: Size, running: readonly TaskEntry[]): number {
  const { partNodes = [] } = pool;
  let left = partsOnNodes(pool, task);
  if (left === Infinity) return left;
  const parts = running.filter((other) => other.parts > 1);
  for (const type of new Set(parts.map((other) => other.type))) {
    let taken = 0;
    for (const other of parts) for (let wide = other.type === type ? other.slots : 0; wide > 0; wide -= task.slots) taken++;
    const own = placesOn(partNodes, task.slots, (types) => doesRun(types, type) && !doesRun(types, task.type));
    const shared = placesOn(partNodes, task.slots, (types) => doesRun(types, type) && doesRun(types, task.type));
    left -= Math.min(shared, Math.max(0, taken - own));
  }
  return Math.max(0, left);
}

function placesOn(nodes: NonNullable<PoolEntry['partNodes']>, slots: number, isAble: (types: readonly string[]) => boolean): number {
  let places = 0;
  for (const node of nodes) {
    if (!isAble(node.types)) continue;
    for (let i = 0; i < node.count; i++) for (let free = node.slots; free >= slots; free -= slots) places++;
  }
  return places;
}

function doesRun(types: readonly string[], type: string): boolean {
  return types.includes('*') || types.includes(type);
}
