import type { TaskView } from '../strategies/strategy.ts';
import { Lane } from './lane.ts';
import { LaneHeap } from './lane-heap.ts';
import type { LaneOrder } from './lane-order.ts';
import type { Need, Shape } from './need.ts';
import { NeedLanes } from './need-lanes.ts';

/** Heaps of lanes that ran empty, kept for the next ones. */
const spareHeaps = 1_024;

const none: readonly Lane[] = [];

/** Which lanes there are, found by need, by shape and mark, and by tenant. Lanes open when their first task comes. */
export class LaneBook {
  readonly #order: LaneOrder;
  readonly #byNeed: (NeedLanes | undefined)[] = [];
  // By shape: its lane, or its lanes by mark.
  readonly #single: (Lane | undefined)[] = [];
  readonly #marked: (Map<number, Lane> | undefined)[] = [];
  // Lanes of a tenant, in an order by shares.
  readonly #byTenant: (Lane[] | undefined)[] = [];
  readonly #heaps: LaneHeap[] = [];

  constructor(order: LaneOrder) {
    this.#order = order;
  }

  of(need: Need): NeedLanes | undefined {
    return this.#byNeed[need.id];
  }

  lanesOf(need: Need): readonly (Lane | undefined)[] {
    return this.#byNeed[need.id]?.lanes ?? none;
  }

  *all(): Generator<Lane> {
    for (const of of this.#byNeed) for (const lane of of?.lanes ?? none) if (lane !== undefined) yield lane;
  }

  /** The lane a task would be in. */
  laneOf(task: TaskView, shape: Shape): Lane | undefined {
    const { markOf } = this.#order;
    return markOf === undefined ? this.#single[shape.id] : this.#marked[shape.id]?.get(markOf(task));
  }

  lanesOfShape(shape: Shape): Lane[] {
    const single = this.#single[shape.id];
    return single === undefined ? [...(this.#marked[shape.id]?.values() ?? none)] : [single];
  }

  /** None in an order that is not by shares. */
  lanesOfTenant(tenant: number): readonly Lane[] {
    return this.#byTenant[tenant] ?? none;
  }

  /** @param room for so many tasks; 0: unknown */
  open(shape: Shape, mark: number, room: number): Lane {
    const of = this.#lanesOfNeed(shape.need);
    const heap = room === 0 ? this.#heaps.pop() : new LaneHeap(room);
    const lane = new Lane(shape, mark, of.take(), heap, of.heads);
    of.add(lane);
    if (this.#order.markOf === undefined) this.#single[shape.id] = lane;
    else {
      const marked = this.#marked[shape.id] ?? new Map<number, Lane>();
      this.#marked[shape.id] = marked.set(mark, lane);
      if (this.#order.byTenant) this.#tenantsLanes(mark).push(lane);
    }
    return lane;
  }

  /** Its heap will serve another lane. */
  close(lane: Lane): void {
    const { shape, mark, heap } = lane;
    this.#byNeed[shape.need.id]?.drop(lane);
    this.#single[shape.id] = undefined;
    this.#marked[shape.id]?.delete(mark);
    if (this.#order.byTenant) this.#tenantsLanes(mark).splice(this.#tenantsLanes(mark).indexOf(lane), 1);
    lane.isDropped = true;
    heap.clear();
    if (this.#heaps.length < spareHeaps) this.#heaps.push(heap);
  }

  /** The need is gone, and its lanes are closed. */
  forget(need: Need): void {
    this.#byNeed[need.id] = undefined;
  }

  #tenantsLanes(tenant: number): Lane[] {
    const known = this.#byTenant[tenant];
    if (known !== undefined) return known;
    const made: Lane[] = [];
    this.#byTenant[tenant] = made;
    return made;
  }

  #lanesOfNeed(need: Need): NeedLanes {
    const known = this.#byNeed[need.id];
    if (known !== undefined) return known;
    const made = new NeedLanes();
    this.#byNeed[need.id] = made;
    return made;
  }
}
