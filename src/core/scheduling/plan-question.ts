// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
import type { PlanQuestion } from '../domain/plan.ts';
import type { Ms, Seq } from '../domain/units.ts';
import type { Facts, PlanRule, TaskView } from '../strategies/strategy.ts';
import type { Cell } from './cells.ts';
import type { Need } from './need.ts';
import type { PoolSet } from './pool-set.ts';

/** Pairs of a row and a cell in one question: 32 MB. */
const mostPairs = 4_000_000;
/** Costs are whole millionths, unless they are so large that sums would not be exact. */
const unitsPerUsd = 1e6;

/** Tasks of one need that cost about the same: what the question asks about. */
export interface PlanRow {
  readonly need: Need;
  readonly class: number;
  readonly first: Seq;
  /** Of gangs: parts. */
  tasks: number;
  /** Of its first task, by cell; Infinity where it may not go. */
  readonly costUsd: Float64Array;
}

/** Counts the tasks of a window into rows, first come first, until they would take all there is. */
export class QuestionBuilder {
  readonly rows: PlanRow[] = [];
  readonly #rule: PlanRule;
  readonly #facts: Facts;
  readonly #cells: readonly Cell[];
  readonly #capacity: Int32Array<ArrayBuffer>;
  readonly #expected: Int32Array;
  readonly #rowOf = new Map<Need, Map<number, PlanRow | undefined>>();
  #slots: number;
  #tasks = 0;

  /** @param capacity by cell: free slots, and those that are expected to be given back before the next plan */
  constructor(rule: PlanRule, facts: Facts, cells: readonly Cell[], capacity: Int32Array<ArrayBuffer>) {
    this.#rule = rule;
    this.#facts = facts;
    this.#cells = cells;
    this.#capacity = capacity;
    this.#expected = capacity.map((slots, cell) => slots - Math.max(0, cells[cell]!.free));
    this.#slots = capacity.reduce((sum, slots) => sum + slots, 0);
  }

  /** @returns whether there is something left for more tasks. */
  add(task: TaskView, need: Need, set: PoolSet): boolean {
    const row = this.#rowFor(task, need, set);
    if (row !== undefined) {
      row.tasks += need.parts;
      this.#slots -= need.parts * need.slots;
      this.#tasks++;
    }
    return this.#slots > 0 && this.#tasks < this.#rule.maxTasks && this.rows.length * this.#cells.length < mostPairs;
  }

  /** To stay costs more than to go anywhere, and the more the earlier a row came: who goes first is not for the plan to say. */
  build(number: number): PlanQuestion {
    const sinks = this.#cells.length;
    const supply = Int32Array.from(this.rows, ({ tasks, need }) => tasks * need.slots);
    const perSlot = this.rows.map(({ costUsd, need }) => costUsd.map((usd) => usd / (need.parts * need.slots)));
    const dearest = perSlot.reduce((most, costs) => costs.reduce((least, usd) => (usd < Infinity && usd > least ? usd : least), most), 0);
    const scale = Math.min(unitsPerUsd, Number.MAX_SAFE_INTEGER / (8 * (sinks + 1) * (this.rows.length + 1) * Math.max(dearest, 1e-9)));
    const whole = (usd: number) => (usd === Infinity ? usd : Math.round(usd * scale));
    const cost = new Float64Array(this.rows.length * sinks);
    for (const [row, costs] of perSlot.entries()) for (let cell = 0; cell < sinks; cell++) cost[row * sinks + cell] = whole(costs[cell]!);
    const step = whole(dearest) + 1;
    const stay = Float64Array.from(this.rows, (_, row) => step * (1 + this.rows.length - row));
    return { number, supply, capacity: this.#capacity, cost, stay };
  }

  #rowFor(task: TaskView, need: Need, set: PoolSet): PlanRow | undefined {
    const ofNeed = this.#rowOf.get(need) ?? new Map<number, PlanRow | undefined>();
    this.#rowOf.set(need, ofNeed);
    const kind = this.#rule.classOf(task);
    if (ofNeed.has(kind)) return ofNeed.get(kind);
    const costUsd = Float64Array.from(this.#cells, (cell) => this.#costIn(cell, task, need, set));
    const row = costUsd.every((usd) => usd === Infinity) ? undefined : { need, class: kind, first: task.seq, tasks: 0, costUsd };
    ofNeed.set(kind, row);
    if (row !== undefined) this.rows.push(row);
    return row;
  }

  #costIn(cell: Cell, task: TaskView, need: Need, set: PoolSet): number {
    const pool = cell.pools[0]!;
    if (this.#capacity[cell.index] === 0 || !set.admits(pool)) return Infinity;
    // Slots that come back one by one may never be enough for a task of several.
    const fits = cell.poolFor(need.slots, need.type.id) !== undefined || (need.slots === 1 && this.#expected[cell.index]! > 0);
    return fits ? this.#rule.cost(task, pool, this.#facts) : Infinity;
  }
}

/** Slots of a cell that should come back within `everyMs`, if they go on to come as in the last `elapsedMs`. */
export function expectedSlots(cell: Cell, everyMs: Ms, elapsedMs: Ms): number {
  return Math.min(cell.slots - cell.free, Math.floor((cell.freed * everyMs) / Math.max(everyMs, elapsedMs)));
}
