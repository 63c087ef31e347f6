import { mostNodeSlots, type Pool } from '../domain/pool.ts';
import type { EpochMs } from '../domain/units.ts';
import type { PoolRoom } from '../ports/executor.ts';
import type { Closing } from '../scheduling/contracts.ts';
import type { PoolEntry } from '../scheduling/core.ts';

/** A pool as the core knows it. @param accepts `*` resolved; `undefined`: any type */
export function poolEntryOf(pool: Pool, accepts: readonly string[] | undefined): PoolEntry {
  const { id, name, region, resourceType, costPerUnit, capacity, speed, state, typeLimits, labels } = pool;
  const carbonGramsPerKwh = pool.carbonGramsPerKwh ?? 0;
  const what = { region, resourceType, costPerUnit, capacity, speed, carbonGramsPerKwh };
  return { id, name, ...what, state, typeLimits, labels, accepts };
}

/** Paused by nobody. */
export function closed(entry: PoolEntry, closedBy: Closing): PoolEntry {
  return { ...entry, state: 'paused', closedBy };
}

/** One that would take tasks takes none until then. @param coolsUntil `undefined`: it is not cooling */
export function cooled(entry: PoolEntry, coolsUntil: EpochMs | undefined): PoolEntry {
  return coolsUntil === undefined || entry.state !== 'active' ? entry : { ...entry, state: 'cooling', coolsUntil };
}

/**
 * A pool without a live node is paused to the core, and large enough for whatever its next node may be: tasks for it wait and are not
 * refused. With nodes, types that only some of them run are limited to the slots of those, no task is wider than a node, and parts go to those
 * that run parts.
 */
export function withRoom(entry: PoolEntry, room: PoolRoom, types: readonly string[]): PoolEntry {
  if (room.slots === 0) {
    const empty = { ...entry, capacity: mostNodeSlots, onNodes: true };
    return entry.state === 'active' ? closed(empty, 'no_node') : empty;
  }
  const limits: Record<string, number> = { ...entry.typeLimits };
  const widestOf: Record<string, number> = {};
  for (const type of types) {
    const most = Math.min(room.most(type), limits[type] ?? Number.POSITIVE_INFINITY);
    if (most >= room.slots && limits[type] === undefined) continue;
    limits[type] = most;
    const widest = room.widest(type);
    if (widest > 0) widestOf[type] = widest; // a type that no open node runs waits for one, of whatever width
  }
  const widest = room.widest();
  const partNodes = room.partNodes();
  const parts = partNodes && { runsParts: partNodes.length > 0, partNodes };
  return { ...entry, capacity: room.slots, onNodes: true, typeLimits: limits, ...(widest > 0 ? { widest } : {}), widestOf, ...parts };
}
