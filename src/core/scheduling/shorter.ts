import type { Ms } from '../domain/units.ts';
import type { Lane } from './lane.ts';
import type { Layout } from './layout.ts';
import type { Need } from './need.ts';
import type { Patience } from './patience.ts';
import type { ReadyQueue } from './ready-queue.ts';
import type { Reservations } from './reservations.ts';
import type { TaskTable } from './task-table.ts';

interface ShorterDeps {
  readonly table: TaskTable;
  readonly ready: ReadyQueue;
  readonly reservations: Reservations;
  readonly layout: () => Layout;
  readonly patience: Patience;
}

/** Tasks that pass the first of their need, because they end in time on what is kept for others. */
export class Shorter {
  readonly #deps: ShorterDeps;
  /** Needs that got a turn with another lane than their first. */
  #tried: Need[] = [];

  constructor(deps: ShorterDeps) {
    this.#deps = deps;
  }

  /**
   * Another lane of its need whose head may use what is kept for others.
   * @param openRings rings that are open to the refused head
   * @param startsAt when the task at a row may start on what is kept; Infinity: only an event can tell
   */
  than(refused: Lane, openRings: number, startsAt: (row: number) => Ms, nowMs: Ms): Lane | undefined {
    const { reservations, layout, table, patience } = this.#deps;
    const { need } = refused.shape;
    if (reservations.size === 0 || need.type.turns !== undefined) return undefined; // nobody passes by his estimate where tenants take turns
    const { lanes } = layout();
    const longestMs = reservations.longest(need, layout().ringsOf(need).slice(0, openRings), nowMs);
    if (longestMs <= 0) return undefined;
    const found = lanes.best(need, (lane) => {
      const row = lanes.headRow(lane);
      if (lane === refused || table.estimateMsAt(row) > longestMs) return false;
      const at = startsAt(row);
      if (at > nowMs && at !== Number.POSITIVE_INFINITY) patience.watch(need, at);
      return at <= nowMs;
    });
    if (found !== undefined) this.#tried.push(need);
    return found;
  }

  /** There may be room for the first lanes after all: their needs stand as those again. */
  forget(): void {
    for (const need of this.#tried) if (this.#deps.ready.insteadOf(need) !== undefined) this.#deps.ready.headChanged(need);
    this.#tried = [];
  }

  /** Every need is looked at anew. */
  restart(): void {
    this.#tried = [];
  }
}
