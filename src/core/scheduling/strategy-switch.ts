// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
import type { EpochMs } from '../domain/units.ts';
import type { StrategySwitch } from './contracts.ts';
import type { Layout } from './layout.ts';
import type { NeedTable } from './need-table.ts';
import type { TaskCursor, TaskTable } from './task-table.ts';

/** What to look at a pool costs, in tasks entered; measured. */
const tasksPerPool = 1;
/** What to make a lane costs, in tasks entered; measured. */
const tasksPerLane = 10;
/** Places of a new lane that cost as much to make as to enter a task. */
const placesPerTask = 8;

interface SwitchDeps {
  readonly table: TaskTable;
  readonly needs: NeedTable;
  readonly cursor: TaskCursor;
  /** Puts the finished layout in force. */
  readonly install: (layout: Layout, epoch: number, seed: number, now: EpochMs) => void;
  /** The preparation ended, one way or the other. */
  readonly ended: () => void;
  /** See `StrategySwitch.clear`. @param pools to take out of what the old strategy used */
  readonly clear: (pools: number) => boolean;
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
export function createSwitch(layout: Layout, { table, needs, cursor, install, ended, clear }: SwitchDeps): PendingSwitch {
  let nextRow = 0;
  let nextNeed = 0;
  let isOver = false;

  function step(tasks: number): boolean {
    let budget = tasks;
    while (nextRow < table.rows && budget > 0) {
      const row = nextRow++;
      budget -= table.seqAt(row) === 0 ? 1 : enter(row);
    }
    while (nextRow >= table.rows && nextNeed < needs.needs.length && budget > 0) budget -= arrange(budget);
    return nextRow >= table.rows && nextNeed >= needs.needs.length;
  }

  /** @returns the work, in tasks. */
  function enter(row: number): number {
    const shape = needs.shapes[table.shapeAt(row)]!;
    const isNew = layout.lanes.at(row, shape) === undefined;
    // Of several lanes of a shape nobody knows the lengths yet.
    const room = isNew && layout.lanes.areSingle ? shape.waiting + (shape.waiting >> 4) : 0;
    layout.enter(row, shape, cursor.at(row), room);
    return 1 + (isNew ? tasksPerLane : 0) + room / placesPerTask;
  }

  /** @returns the work, in tasks. */
  function arrange(tasks: number): number {
    const need = needs.needs[nextNeed];
    const looked = need === undefined || need.waiting === 0 ? 0 : layout.prepareRings(need, Math.ceil(tasks / tasksPerPool));
    if (looked === 0) nextNeed++;
    return 1 + looked * tasksPerPool;
  }

  function swap(epoch: number, seed: number, now: EpochMs): void {
    end();
    step(Number.POSITIVE_INFINITY);
    install(layout, epoch, seed, now);
  }

  function discard(): void {
    if (isOver) return;
    end();
    layout.close();
  }

  function end(): void {
    if (isOver) throw new Error('this switch is over');
    isOver = true;
    ended();
  }

  function placed(row: number): void {
    if (row < nextRow) enter(row);
  }

  return { layout, step, swap, clear: (tasks) => clear(Math.ceil(tasks / tasksPerPool)), discard, placed };
}
