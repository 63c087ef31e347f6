// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
import type { EpochMs, Ms } from '../domain/units.ts';
import type { Order, TaskView } from '../strategies/strategy.ts';
import { Lane, type Standing } from './lane.ts';
import { LaneHeap } from './lane-heap.ts';
import { createLaneOrder, type LaneOrder } from './lane-order.ts';
import type { Need, Shape } from './need.ts';
import type { Shares } from './shares.ts';
import type { TaskCursor, TaskTable } from './task-table.ts';
import { WinnerTree } from './winner-tree.ts';

/** Tombstones a lane may hold beside as many waiting tasks. */
const spareTombstones = 64;
/** Entries looked at to say how many go first. */
const sampled = 128;
/** Of a tenant that has not what it is guaranteed. */
const guaranteedRank = -1;
const noTurns = -1;
/** Heaps of lanes that ran empty, kept for the next ones. */
const spareHeaps = 1_024;

/** The lanes of one need, and which of them goes first. */
interface LanesOfNeed {
  /** By the order of the strategy. */
  readonly heads: WinnerTree;
  /** By turns of their tenants, where they take turns. */
  byTurns: WinnerTree | undefined;
  /** The first by turns that could go when it was last looked for. */
  chosen: Lane | undefined;
  readonly lanes: (Lane | undefined)[];
  readonly free: number[];
}

interface LanesDeps {
  readonly table: TaskTable;
  readonly cursor: TaskCursor;
  readonly shares: Shares;
  /** Tasks of this shape go before all others. */
  readonly isPreferred: (shape: Shape) => boolean;
  /** See `createLaneOrder`. */
  readonly grain: number | undefined;
  /** Turns its tenant has had; `undefined`: the tenants of its type take none. */
  readonly turnsOf: (shape: Shape) => number | undefined;
}

/**
 * The waiting tasks in the order of one strategy: lanes by shape, and a tournament of lane heads by need. What changed without being told
 * (a head that left as a tombstone, a key or a tenant's use that grew) is found when the lane comes first (`settle`): such a lane stands too
 * early, never too late.
 */
export class Lanes {
  readonly #order: LaneOrder;
  readonly #table: TaskTable;
  readonly #cursor: TaskCursor;
  readonly #isPreferred: (shape: Shape) => boolean;
  readonly #turnsOf: (shape: Shape) => number | undefined;
  readonly #byNeed: (LanesOfNeed | undefined)[] = [];
  // By shape: its lane, or its lanes by mark.
  readonly #single: (Lane | undefined)[] = [];
  readonly #marked: (Map<number, Lane> | undefined)[] = [];
  // Lanes of a tenant, in an order by shares.
  readonly #byTenant: (Set<Lane> | undefined)[] = [];
  readonly #heaps: LaneHeap[] = [];

  constructor(order: Order, { table, cursor, shares, isPreferred, turnsOf, grain }: LanesDeps) {
    this.#order = createLaneOrder(order, shares, grain);
    this.#table = table;
    this.#cursor = cursor;
    this.#isPreferred = isPreferred;
    this.#turnsOf = turnsOf;
  }

  /** Every shape has just one lane. */
  get areSingle(): boolean {
    return this.#order.markOf === undefined;
  }

  /**
   * The first of the need's lanes that nothing holds. Where tenants take turns, one without turns is left over from before and holds nothing
   * but tombstones: it comes last, to be found out.
   */
  first(need: Need): Lane | undefined {
    const of = this.#byNeed[need.id];
    if (need.type.turns === undefined) return of && laneAt(of, of.heads);
    return of && (laneAt(of, of.byTurns) ?? laneAt(of, of.heads));
  }

  /**
   * Where the need stands among others: as the first of its lanes. Where tenants take turns, until that is found, as the best of them, which is
   * too early and never too late.
   */
  standing(need: Need): Standing | undefined {
    const of = this.#byNeed[need.id];
    return of && (of.chosen ?? laneAt(of, of.heads));
  }

  /** The first by turns can go: the need stands as this lane until something changes. @returns whether it stood so before */
  choose(lane: Lane): boolean {
    const { need } = lane.shape;
    const stands = this.standing(need) === lane;
    if (!stands) this.#byNeed[need.id]!.chosen = lane;
    return stands;
  }

  /** Nothing of the need can go. @returns whether it stands elsewhere by that */
  forgetChoice(need: Need): boolean {
    const of = this.#byNeed[need.id];
    if (of?.chosen === undefined) return false;
    of.chosen = undefined;
    return true;
  }

  /** The best of the need's lanes that nothing holds and that `accepts` takes: O(lanes). */
  best(need: Need, accepts: (lane: Lane) => boolean): Lane | undefined {
    let best: Lane | undefined;
    for (const lane of this.#byNeed[need.id]?.lanes ?? []) {
      if (lane === undefined) continue;
      this.settle(lane);
      if (lane.rank === Number.POSITIVE_INFINITY || (best !== undefined && !isBefore(lane, best)) || !accepts(lane)) continue;
      best = lane;
    }
    return best;
  }

  /** Puts a task into its lane. @returns whether it became the head. */
  enter(row: number, shape: Shape, room = 0): boolean {
    const task = this.#cursor.at(row);
    const lane = this.#laneOf(task, shape) ?? this.#make(shape, this.#order.markOf?.(task) ?? 0, room);
    const isHead = lane.heap.push(this.#order.keyOf(task), this.#table.seqAt(row), this.#table.handleOf(row));
    if (!isHead) return false;
    lane.heldUntil = 0; // the new head may not want to wait
    this.settle(lane);
    return true;
  }

  /** The lane a task would be in. */
  at(row: number, shape: Shape): Lane | undefined {
    return this.#laneOf(this.#cursor.at(row), shape);
  }

  /** Every lane in which tasks may wait. */
  *all(): Generator<Lane> {
    for (const of of this.#byNeed) for (const lane of of?.lanes ?? []) if (lane !== undefined) yield lane;
  }

  /** Where the head of a lane stands, whatever holds it. Only of a lane whose head waits. */
  standingOfHead(lane: Lane): Standing {
    return this.standingOf(this.headRow(lane), lane.shape);
  }

  headRow(lane: Lane): number {
    return this.#table.rowOfHandle(lane.heap.headHandle);
  }

  /** A task of the lane left and is a tombstone now. */
  left(lane: Lane): void {
    if (lane.heap.size > 2 * lane.shape.waiting + spareTombstones) lane.heap.keep((seq, handle) => this.#table.isLive(seq, handle));
    lane.heldUntil = 0;
    this.settle(lane);
  }

  /** The head was taken. */
  pop(lane: Lane): void {
    lane.heap.pop();
    this.settle(lane);
  }

  /** The lane's head is a waiting task that stands where it should. @returns whether that is news. */
  settle(lane: Lane): boolean {
    if (lane.isDropped) return false;
    const { heap } = lane;
    while (heap.size > 0 && !this.#table.isLive(heap.headSeq, heap.headHandle)) heap.pop();
    if (heap.size === 0 && this.#order.markOf !== undefined) {
      const wasShown = lane.rank !== Number.POSITIVE_INFINITY;
      this.#drop(lane);
      return wasShown;
    }
    if (heap.size === 0 || lane.shape.held || lane.heldUntil > 0) return this.#show(lane, Number.POSITIVE_INFINITY, 0, 0);
    if (this.#order.ages) this.#rekey(lane);
    const rank = this.#isPreferred(lane.shape) ? guaranteedRank : this.#order.rankOf(lane);
    return this.#show(lane, rank, this.#order.headKeyOf(lane, this.#cursor.at(this.headRow(lane))), heap.headSeq);
  }

  /** @param until Infinity: until there is more room */
  hold(lane: Lane, until: EpochMs, lacksMoney: boolean): void {
    lane.heldUntil = until;
    lane.lacksMoney = lacksMoney;
    this.settle(lane);
  }

  free(lane: Lane): void {
    lane.heldUntil = 0;
    this.settle(lane);
  }

  /** The head of one of its lanes waits for money. */
  lacksMoney(shape: Shape): boolean {
    return this.#lanesOf(shape).some((lane) => lane.waitsForMoney);
  }

  settleShape(shape: Shape): void {
    for (const lane of this.#lanesOf(shape)) this.settle(lane);
  }

  /** To be told the time before deciding. @returns whether lanes were compared anew: every need has to be looked at. */
  advance(nowMs: Ms): boolean {
    if (!this.#order.advance(nowMs)) return false;
    this.#settleAll();
    return true;
  }

  /** Pools got more or fewer slots. @returns whether lanes were compared anew */
  capacityChanged(): boolean {
    if (this.#order.byCapacity) this.#settleAll();
    return this.#order.byCapacity;
  }

  #settleAll(): void {
    for (const of of this.#byNeed) for (const lane of of?.lanes ?? []) if (lane !== undefined) this.settle(lane);
  }

  /** The tenant's use fell: its lanes move forward, in an order by shares. Their heads stay what they are. */
  settleTenant(tenant: number, changed: (need: Need) => void): void {
    for (const lane of this.#byTenant[tenant] ?? []) {
      if (lane.rank === Number.POSITIVE_INFINITY) continue; // held
      const rank = this.#isPreferred(lane.shape) ? guaranteedRank : this.#order.rankOf(lane);
      const key = this.#order.byCapacity ? this.#order.headKeyOf(lane, this.#cursor.at(this.headRow(lane))) : lane.key;
      if (this.#show(lane, rank, key, lane.seq)) changed(lane.shape.need);
    }
  }

  /** Takes every waiting task out of the lanes of a shape. */
  drain(shape: Shape): number[] {
    const rows: number[] = [];
    for (const lane of this.#lanesOf(shape)) {
      for (let i = 0; i < lane.heap.size; i++) {
        if (this.#table.isLive(lane.heap.seqAt(i), lane.heap.handleAt(i))) rows.push(this.#table.rowOfHandle(lane.heap.handleAt(i)));
      }
      lane.heap.clear();
      lane.heldUntil = 0;
      this.settle(lane);
    }
    return rows;
  }

  dropShape(shape: Shape): void {
    for (const lane of this.#lanesOf(shape)) this.#drop(lane);
  }

  dropNeed(need: Need): void {
    this.#byNeed[need.id] = undefined;
  }

  /** Where a waiting task stands now among all. */
  standingOf(row: number, shape: Shape): Standing {
    const task = this.#cursor.at(row);
    return this.#standingIn(this.#laneOf(task, shape)!, task);
  }

  #standingIn(lane: Lane, task: TaskView): Standing {
    const rank = this.#isPreferred(lane.shape) ? guaranteedRank : this.#order.rankOf(lane);
    const isInLane = this.#order.markOf === undefined;
    return { rank, key: isInLane ? this.#order.keyOf(task) : this.#order.headKeyOf(lane, task), seq: task.seq };
  }

  /** Where a task would stand that is not here, or not in this shape. */
  standingFor(task: TaskView, shape: Shape): Standing {
    const key = this.#order.keyOf(task);
    const lane = new Lane(shape, this.#order.markOf?.(task) ?? 0, -1);
    lane.heap.push(key, task.seq, 0);
    const rank = this.#isPreferred(shape) ? -1 : this.#order.rankOf(lane);
    return { rank, key: this.#order.headKeyOf(lane, task), seq: task.seq };
  }

  /** Whether the next look at its need would be at this task, were it here. */
  wouldBeFirst(task: TaskView, shape: Shape): boolean {
    const { heap } = this.#laneOf(task, shape) ?? {};
    if (heap !== undefined && heap.size > 0 && this.#isAhead(heap, 0, this.#order.keyOf(task), task.seq)) return false;
    const first = this.first(shape.need);
    if (first === undefined) return true;
    const standing = this.standingFor(task, shape);
    const turns = this.#turnsOf(shape) ?? noTurns;
    return turns === noTurns ? !isBefore(first, standing) : !isBefore(byTurns(first, first.turns), byTurns(standing, turns));
  }

  /** Whether the first of its lane goes before it and waits for money. */
  isBehindMoney(task: TaskView, shape: Shape): boolean {
    const lane = this.#laneOf(task, shape);
    return lane?.waitsForMoney === true && this.#isAhead(lane.heap, 0, this.#order.keyOf(task), task.seq);
  }

  /** Waiting tasks of its lane that go before a task, which may be here or not: one pass over the lane. */
  aheadOf(task: TaskView, shape: Shape): number {
    const heap = this.#laneOf(task, shape)?.heap;
    if (heap === undefined) return 0;
    const { seq } = task;
    const key = this.#order.keyOf(task);
    let ahead = 0;
    for (let i = 0; i < heap.size; i++) {
      if (!this.#table.isLive(heap.seqAt(i), heap.handleAt(i))) continue;
      if (this.#isAhead(heap, i, key, seq)) ahead++;
    }
    return ahead;
  }

  /** Whether a task that nothing holds goes before a place in the order. */
  isLedBefore(need: Need, than: Standing): boolean {
    const first = this.first(need);
    return first !== undefined && isBefore(first, than);
  }

  /** About how many of the need's waiting tasks go before a place in the order: counted from a sample of so many of them. */
  countBefore(need: Need, than: Standing, most = sampled): number {
    const lanes = this.#byNeed[need.id]?.lanes.filter((lane) => lane !== undefined) ?? [];
    const entries = lanes.reduce((sum, { heap }) => sum + heap.size, 0);
    const step = Math.max(1, Math.floor(entries / most));
    let live = 0;
    let before = 0;
    let skip = 0;
    for (const lane of lanes) {
      const { heap } = lane;
      let i = skip;
      for (; i < heap.size; i += step) {
        if (!this.#table.isLive(heap.seqAt(i), heap.handleAt(i))) continue;
        live++;
        if (isBefore(this.#standingIn(lane, this.#cursor.at(this.#table.rowOfHandle(heap.handleAt(i)))), than)) before++;
      }
      skip = i - heap.size;
    }
    return live === 0 ? 0 : Math.round((before / live) * need.waiting);
  }

  #isAhead(heap: LaneHeap, i: number, key: number, seq: number): boolean {
    if (!this.#order.ages) return heap.isBefore(i, key, seq);
    const other = this.#order.keyOf(this.#cursor.at(this.#table.rowOfHandle(heap.handleAt(i))));
    return other < key || (other === key && heap.seqAt(i) < seq);
  }

  #rekey({ heap }: Lane): void {
    for (;;) {
      const { headSeq, headHandle } = heap;
      if (this.#table.isLive(headSeq, headHandle)) {
        const key = this.#order.keyOf(this.#cursor.at(this.#table.rowOfHandle(headHandle)));
        if (key === heap.headKey) return;
        heap.pop();
        heap.push(key, headSeq, headHandle);
      } else heap.pop();
    }
  }

  #show(lane: Lane, rank: number, key: number, seq: number): boolean {
    const turns = this.#turnsOf(lane.shape) ?? noTurns;
    if (lane.rank === rank && lane.key === key && lane.seq === seq && lane.turns === turns) return false;
    const of = this.#byNeed[lane.shape.need.id]!;
    lane.rank = rank;
    lane.key = key;
    lane.seq = seq;
    lane.turns = turns;
    of.heads.set(lane.entry, rank, key, seq);
    of.chosen = undefined;
    if (turns === noTurns) of.byTurns?.clear(lane.entry);
    else {
      of.byTurns ??= new WinnerTree();
      of.byTurns.set(lane.entry, rank === Number.POSITIVE_INFINITY ? rank : byTurns(lane, turns).rank, key, seq);
    }
    return true;
  }

  #laneOf(task: TaskView, shape: Shape): Lane | undefined {
    const { markOf } = this.#order;
    return markOf === undefined ? this.#single[shape.id] : this.#marked[shape.id]?.get(markOf(task));
  }

  #lanesOf(shape: Shape): Lane[] {
    const single = this.#single[shape.id];
    return single === undefined ? [...(this.#marked[shape.id]?.values() ?? [])] : [single];
  }

  #make(shape: Shape, mark: number, room: number): Lane {
    const of = this.#lanesOfNeed(shape.need);
    const heap = room === 0 ? this.#heaps.pop() : new LaneHeap(room);
    const lane = new Lane(shape, mark, of.free.pop() ?? of.lanes.length, heap);
    of.lanes[lane.entry] = lane;
    if (this.#order.markOf === undefined) this.#single[shape.id] = lane;
    else {
      const marked = this.#marked[shape.id] ?? new Map<number, Lane>();
      this.#marked[shape.id] = marked.set(mark, lane);
      if (this.#order.byTenant) this.#tenantsLanes(mark).add(lane);
    }
    return lane;
  }

  #tenantsLanes(tenant: number): Set<Lane> {
    const known = this.#byTenant[tenant];
    if (known !== undefined) return known;
    const made = new Set<Lane>();
    this.#byTenant[tenant] = made;
    return made;
  }

  #lanesOfNeed(need: Need): LanesOfNeed {
    const known = this.#byNeed[need.id];
    if (known !== undefined) return known;
    const made = { heads: new WinnerTree(), byTurns: undefined, chosen: undefined, lanes: [], free: [] };
    this.#byNeed[need.id] = made;
    return made;
  }

  #drop(lane: Lane): void {
    const { shape, mark, entry, heap } = lane;
    const of = this.#byNeed[shape.need.id];
    of?.heads.clear(entry);
    of?.byTurns?.clear(entry);
    if (of !== undefined) {
      of.chosen = undefined;
      of.lanes[entry] = undefined;
      of.free.push(entry);
    }
    this.#single[shape.id] = undefined;
    this.#marked[shape.id]?.delete(mark);
    if (this.#order.byTenant) this.#byTenant[mark]?.delete(lane);
    lane.rank = Number.POSITIVE_INFINITY;
    lane.isDropped = true;
    heap.clear();
    if (this.#heaps.length < spareHeaps) this.#heaps.push(heap);
  }
}

/** A standing among the lanes of a need whose tenants take turns. */
function byTurns({ rank, key, seq }: Standing, turns: number): Standing {
  return { rank: rank === guaranteedRank ? rank : turns, key, seq };
}

function isBefore(a: Standing, b: Standing): boolean {
  if (a.rank !== b.rank) return a.rank < b.rank;
  return a.key < b.key || (a.key === b.key && a.seq < b.seq);
}

function laneAt({ lanes }: LanesOfNeed, tree: WinnerTree | undefined): Lane | undefined {
  const entry = tree === undefined ? -1 : tree.best();
  return entry === -1 ? undefined : lanes[entry];
}
