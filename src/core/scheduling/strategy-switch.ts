// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
import type { StrategySwitch } from './contracts.ts';
import type { Layout } from './layout.ts';
import type { NeedTable } from './need-table.ts';
import type { TaskCursor, TaskTable } from './task-table.ts';

interface SwitchDeps {
  readonly table: TaskTable;
  readonly needs: NeedTable;
  readonly cursor: TaskCursor;
  /** Puts the finished layout in force. */
  readonly install: (layout: Layout, epoch: number, seed: number) => void;
  /** The preparation ended, one way or the other. */
  readonly ended: () => void;
}

/** A switch under way, as the scheduler sees it. */
export interface PendingSwitch extends StrategySwitch {
  readonly layout: Layout;
  /** A task was added, or put into another shape. */
  placed(row: number): void;
}

/**
 * Builds the lanes and pool orders of a strategy beside those in force, in steps. It walks the rows of the task table once; a row behind
 * the walk that changes is entered at once, one before it is met later. Tasks that leave meanwhile stay in the new lanes as tombstones.
 */
export function createSwitch(layout: Layout, { table, needs, cursor, install, ended }: SwitchDeps): PendingSwitch {
  let nextRow = 0;
  let nextNeed = 0;
  let isOver = false;

  function step(tasks: number): boolean {
    let budget = tasks;
    for (; nextRow < table.rows && budget > 0; nextRow++, budget--) if (table.seqAt(nextRow) !== 0) enter(nextRow);
    while (nextRow >= table.rows && nextNeed < needs.needs.length && budget > 0) budget -= arrange(nextNeed++);
    return nextRow >= table.rows && nextNeed >= needs.needs.length;
  }

  function enter(row: number): void {
    const shape = needs.shapes[table.shapeAt(row)]!;
    const key = layout.strategy.order.key(cursor.at(row));
    layout.laneOf(shape, shape.waiting + (shape.waiting >> 4)).push(key, table.seqAt(row), table.handleOf(row));
  }

  /** @returns the work in tasks: to sort a pool is about as much as to enter a task. */
  function arrange(id: number): number {
    const need = needs.needs[id];
    if (need === undefined || need.waiting === 0 || layout.hasRings(need)) return 1;
    return layout.ringsOf(need).reduce((work, ring) => work + ring.set.pools.length * ring.orders.length, 1);
  }

  function swap(epoch: number, seed: number): void {
    end();
    step(Number.POSITIVE_INFINITY);
    install(layout, epoch, seed);
  }

  function discard(): void {
    if (isOver) return;
    end();
    layout.close(needs.needs);
  }

  function end(): void {
    if (isOver) throw new Error('this switch is over');
    isOver = true;
    ended();
  }

  function placed(row: number): void {
    if (row < nextRow) enter(row);
  }

  return { layout, step, swap, discard, placed };
}
