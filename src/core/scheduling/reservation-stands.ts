import type { Layout } from './layout.ts';
import { isFull, type Need } from './need.ts';
import type { PoolIndex } from './pool-index.ts';
import type { Reservation } from './reservations.ts';
import type { TaskTable } from './task-table.ts';

interface StandingDeps {
  readonly pools: PoolIndex;
  readonly table: TaskTable;
  readonly layout: () => Layout;
}

/** Whether what is kept for a task can still be for it: it waits as it did, nothing but room stops it, and the pool would do. */
export function stillStands(reservation: Reservation, { pools, table, layout }: StandingDeps): boolean {
  const { need } = reservation;
  if (need.state === 'idle' || need.state === 'gated' || !mayStart(need)) return false;
  return mayUse(reservation, pools, layout()) && waits(reservation, table);
}

/** Some task of the need waits, and its gates let it through: limits that were reached meanwhile may not have been noticed yet. */
function mayStart({ type, shapes }: Need): boolean {
  return type.running < type.total && shapes.some((shape) => shape !== undefined && shape.waiting > 0 && !isFull(shape));
}

/** The strategy, or a pool, may have changed since. */
function mayUse({ need, rooms }: Reservation, pools: PoolIndex, layout: Layout): boolean {
  const rings = layout.ringsOf(need); // which may make sets, and so puts pools into them
  return rooms.every(({ pool, parts }) => {
    if (pool.state !== 'active' || pool.largestFor(need.type.id) < need.slots || pool.capacity < parts * need.slots) return false;
    if (need.parts > 1 && pool.mostOnNodes(need.type.id, need.slots) < parts) return false;
    const sets = pools.setsOf(pool);
    return rings.some(({ set }) => sets.includes(set));
  });
}

/** Its task may have moved to other needs: prices or labels changed. */
function waits({ need, seq }: Reservation, table: TaskTable): boolean {
  const row = table.rowOf(seq);
  return row !== -1 && need.shapes.some((shape) => shape?.id === table.shapeAt(row));
}
