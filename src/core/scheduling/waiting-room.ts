// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
import type { Seq } from '../domain/units.ts';
import { workOf } from './backlog.ts';
import type { Gates } from './gates.ts';
import type { Layout } from './layout.ts';
import type { Need, Shape } from './need.ts';
import type { NeedTable } from './need-table.ts';
import type { PoolIndex } from './pool-index.ts';
import type { ReadyQueue } from './ready-queue.ts';
import type { PendingSwitch } from './strategy-switch.ts';
import type { TaskCursor, TaskTable } from './task-table.ts';

interface WaitingRoomDeps {
  readonly table: TaskTable;
  readonly cursor: TaskCursor;
  readonly needs: NeedTable;
  readonly pools: PoolIndex;
  readonly gates: Gates;
  readonly ready: ReadyQueue;
  readonly layout: () => Layout;
  /** A switch under way. */
  readonly next: () => PendingSwitch | undefined;
}

/** Waiting tasks in their shapes: who comes, who leaves, and who belongs to another shape since a limit or a price changed. */
export class WaitingRoom {
  readonly #deps: WaitingRoomDeps;

  constructor(deps: WaitingRoomDeps) {
    this.#deps = deps;
  }

  shapeAt(row: number): Shape {
    const { needs, table } = this.#deps;
    return needs.shapes[table.shapeAt(row)]!;
  }

  /** What a task adds to the backlog, in slot-milliseconds. */
  workAt(row: number): number {
    const { slots, parts } = this.shapeAt(row).need;
    return workOf(parts * slots, this.#deps.table.estimateMsAt(row));
  }

  /** A task came. */
  enter(row: number, shape: Shape): void {
    const { layout, cursor, ready } = this.#deps;
    this.#joined(row, shape);
    if (layout().enter(row, shape, cursor.at(row))) ready.headChanged(shape.need);
  }

  /** A task that a strategy kept joins its lane. */
  wake(row: number): void {
    const { layout, ready } = this.#deps;
    const shape = this.shapeAt(row);
    if (layout().lanes.enter(row, shape)) ready.headChanged(shape.need);
  }

  /** A task is no more in the table. */
  left(seq: Seq, shape: Shape): void {
    this.#deps.next()?.layout.sleepers.remove(seq);
    shape.waiting--;
    shape.need.waiting--;
    if (shape.gate !== undefined) shape.gate.waiting--;
  }

  /** Puts every task of a need into the shape it belongs to by now: O(its tasks). */
  relane(need: Need): void {
    const { layout, ready, table } = this.#deps;
    const { lanes, sleepers } = layout();
    for (const shape of [...need.shapes]) {
      if (shape === undefined || shape.waiting === 0) continue;
      shape.held = false;
      for (const row of lanes.drain(shape)) this.#move(row, shape);
      ready.headChanged(need);
    }
    for (const seq of sleepers.all()) {
      const row = table.rowOf(seq);
      if (this.shapeAt(row).need === need) this.#move(row, this.shapeAt(row));
    }
  }

  /** Puts every task of a tenant into the shape it belongs to by now: O(waiting tasks). */
  relaneTenant(tenant: number): void {
    const { layout, ready, table } = this.#deps;
    const { lanes } = layout();
    for (let row = 0; row < table.rows; row++) {
      if (table.seqAt(row) === 0 || table.tenantAt(row) !== tenant) continue;
      const shape = this.shapeAt(row);
      const lane = lanes.at(row, shape);
      this.#move(row, shape);
      if (lane !== undefined) lanes.left(lane);
      ready.headChanged(shape.need);
    }
  }

  #joined(row: number, shape: Shape): void {
    shape.waiting++;
    shape.need.waiting++;
    if (shape.gate !== undefined) shape.gate.waiting++;
    this.#deps.next()?.placed(row);
  }

  /** A task that its lane has let go, or holds as a tombstone from now on, or that sleeps on. */
  #move(row: number, from: Shape): void {
    const { layout, table } = this.#deps;
    const seq = table.seqAt(row);
    const target = this.#targetOf(row, from.need); // before it leaves: a shape without tasks may be swept
    this.left(seq, from);
    table.move(row, target.id);
    this.#joined(row, target);
    if (layout().sleepers.untilOf(seq) === undefined) this.wake(row);
  }

  #targetOf(row: number, need: Need): Shape {
    const { table, needs, pools, gates } = this.#deps;
    const priceCap = pools.prices.capFor(table.costAt(row), table.maxCostAt(row));
    const target = priceCap === need.priceCap ? need : needs.intern(need.type, { ...need.demand, priceCap });
    return needs.shapeOf(target, gates.gateFor(need.type, table.tenantAt(row)));
  }
}
