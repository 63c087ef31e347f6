import type { TaskView } from '../strategies/strategy.ts';
import { isBefore, Lane, type Standing } from './lane.ts';
import type { LaneHeap } from './lane-heap.ts';
import type { LaneOrder } from './lane-order.ts';
import type { Need, Shape } from './need.ts';
import { goesFirst, guaranteedRank } from './need-lanes.ts';
import type { TaskCursor, TaskTable } from './task-table.ts';

/** Entries looked at to say how many go first. */
const sampled = 128;

interface StandingDeps {
  readonly order: LaneOrder;
  readonly table: TaskTable;
  readonly cursor: TaskCursor;
  readonly isPreferred: (shape: Shape) => boolean;
  readonly turnsOf: (shape: Shape) => number | undefined;
  /** The lane a task would be in, and all of a need. */
  readonly laneOf: (task: TaskView, shape: Shape) => Lane | undefined;
  readonly lanesOf: (need: Need) => readonly (Lane | undefined)[];
  /** The first of the need's lanes that nothing holds. */
  readonly firstOf: (need: Need) => Lane | undefined;
}

/** Where tasks stand among all, those that wait and those that might: for answers, which change nothing. */
export class Standings {
  readonly #deps: StandingDeps;

  constructor(deps: StandingDeps) {
    this.#deps = deps;
  }

  /** Of a waiting task. */
  of(row: number, shape: Shape): Standing {
    const { cursor, laneOf } = this.#deps;
    const task = cursor.at(row);
    const lane = laneOf(task, shape);
    return lane === undefined ? this.for(task, shape) : this.#in(lane, task);
  }

  /** Of the head of a lane, whatever holds it. Only of a lane whose head waits. */
  ofHead(lane: Lane): Standing {
    return this.of(this.#deps.table.rowOfHandle(lane.heap.headHandle), lane.shape);
  }

  /** Of a task that is not here, or not in this shape. */
  for(task: TaskView, shape: Shape): Standing {
    const { order, isPreferred } = this.#deps;
    const lane = new Lane(shape, order.markOf?.(task) ?? 0, -1);
    lane.heap.push(order.keyOf(task), task.seq, 0);
    const rank = isPreferred(shape) ? guaranteedRank : order.rankOf(lane);
    return { rank, key: order.headKeyOf(lane, task), seq: task.seq };
  }

  /** Whether the next look at its need would be at this task, were it here. */
  wouldBeFirst(task: TaskView, shape: Shape): boolean {
    const { order, laneOf, firstOf, turnsOf } = this.#deps;
    const heap = laneOf(task, shape)?.heap;
    if (heap !== undefined && heap.size > 0 && this.#isAhead(heap, 0, order.keyOf(task), task.seq)) return false;
    const first = firstOf(shape.need);
    return first === undefined || !goesFirst(first, this.for(task, shape), turnsOf(shape));
  }

  /** Whether the first of its lane goes before it and waits for money. */
  isBehindMoney(task: TaskView, shape: Shape): boolean {
    const { order, laneOf } = this.#deps;
    const lane = laneOf(task, shape);
    return lane?.waitsForMoney === true && this.#isAhead(lane.heap, 0, order.keyOf(task), task.seq);
  }

  /** Waiting tasks of its lane that go before a task, which may be here or not: one pass over the lane. */
  aheadOf(task: TaskView, shape: Shape): number {
    const { order, table, laneOf } = this.#deps;
    const heap = laneOf(task, shape)?.heap;
    if (heap === undefined) return 0;
    const { seq } = task;
    const key = order.keyOf(task);
    let ahead = 0;
    let dead = 0;
    // Keys lie in a row and tasks all over the memory, so those are only looked at where they have to be.
    for (let i = 0; i < heap.size; i++) {
      if (heap.mayHoldTombstones && !table.isLive(heap.seqAt(i), heap.handleAt(i))) dead++;
      else if (this.#isAhead(heap, i, key, seq)) ahead++;
    }
    if (dead === 0) heap.mayHoldTombstones = false;
    return ahead;
  }

  /** Whether a task that nothing holds goes before a place in the order. */
  isLedBefore(need: Need, than: Standing): boolean {
    const first = this.#deps.firstOf(need);
    return first !== undefined && isBefore(first, than);
  }

  /** About how many of the need's waiting tasks go before a place in the order: counted from a sample of so many of them. */
  countBefore(need: Need, than: Standing, most = sampled): number {
    const { table, lanesOf } = this.#deps;
    const lanes = lanesOf(need).filter((lane) => lane !== undefined);
    const entries = lanes.reduce((sum, { heap }) => sum + heap.size, 0);
    const step = Math.max(1, Math.floor(entries / most));
    let live = 0;
    let before = 0;
    let skip = 0;
    for (const lane of lanes) {
      const { heap } = lane;
      const goesBefore = this.#comparer(lane, than);
      let i = skip;
      for (; i < heap.size; i += step) {
        if (heap.mayHoldTombstones && !table.isLive(heap.seqAt(i), heap.handleAt(i))) continue;
        live++;
        if (goesBefore(i)) before++;
      }
      skip = i - heap.size;
    }
    return live === 0 ? 0 : Math.round((before / live) * need.waiting);
  }

  /** Whether an entry of the lane goes before a place in the order. Tasks lie all over the memory: they are looked at only where their keys are not enough. */
  #comparer(lane: Lane, than: Standing): (entry: number) => boolean {
    const { table, cursor, order, isPreferred } = this.#deps;
    const { heap, shape } = lane;
    if (order.markOf !== undefined || order.ages) {
      return (entry) => isBefore(this.#in(lane, cursor.at(table.rowOfHandle(heap.handleAt(entry)))), than);
    }
    const rank = isPreferred(shape) ? guaranteedRank : order.rankOf(lane);
    return rank === than.rank ? (entry) => heap.isBefore(entry, than.key, than.seq) : () => rank < than.rank;
  }

  #in(lane: Lane, task: TaskView): Standing {
    const { order, isPreferred } = this.#deps;
    const rank = isPreferred(lane.shape) ? guaranteedRank : order.rankOf(lane);
    return { rank, key: order.markOf === undefined ? order.keyOf(task) : order.headKeyOf(lane, task), seq: task.seq };
  }

  #isAhead(heap: LaneHeap, i: number, key: number, seq: number): boolean {
    const { order, table, cursor } = this.#deps;
    if (!order.ages) return heap.isBefore(i, key, seq);
    const other = order.keyOf(cursor.at(table.rowOfHandle(heap.handleAt(i))));
    return other < key || (other === key && heap.seqAt(i) < seq);
  }
}
