// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
import type { EpochMs, Ms } from '../domain/units.ts';
import type { Order, TaskView } from '../strategies/strategy.ts';
import { isBefore, type Lane, type Standing } from './lane.ts';
import { LaneBook } from './lane-book.ts';
import { createLaneOrder, type LaneOrder } from './lane-order.ts';
import type { Need, Shape } from './need.ts';
import { guaranteedRank } from './need-lanes.ts';
import type { Shares } from './shares.ts';
import { Standings } from './standings.ts';
import type { TaskCursor, TaskTable } from './task-table.ts';
import type { WorkRatio } from './work-ratio.ts';

/** Tombstones a lane may hold beside as many waiting tasks. */
const spareTombstones = 64;

interface LanesDeps {
  readonly table: TaskTable;
  readonly cursor: TaskCursor;
  readonly shares: Shares;
  readonly work: WorkRatio;
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
  readonly standings: Standings;
  readonly #order: LaneOrder;
  readonly #table: TaskTable;
  readonly #cursor: TaskCursor;
  readonly #isPreferred: (shape: Shape) => boolean;
  readonly #turnsOf: (shape: Shape) => number | undefined;
  readonly #book: LaneBook;
  #isInForce = false;
  // Needs that stand as a lane that could go, and some that no longer do.
  readonly #choosers = new Set<Need>();

  constructor(order: Order, { table, cursor, shares, work, isPreferred, turnsOf, grain }: LanesDeps) {
    this.#order = createLaneOrder(order, shares, work, grain);
    this.#book = new LaneBook(this.#order);
    this.#table = table;
    this.#cursor = cursor;
    this.#isPreferred = isPreferred;
    this.#turnsOf = turnsOf;
    this.standings = new Standings({
      ...{ order: this.#order, table, cursor, isPreferred, turnsOf },
      laneOf: (task, shape) => this.#book.laneOf(task, shape),
      lanesOf: (need) => this.#book.lanesOf(need),
      firstOf: (need) => this.first(need),
    });
  }

  /** Every shape has just one lane. */
  get areSingle(): boolean {
    return this.#order.markOf === undefined;
  }

  /** The first of the need's lanes that nothing holds. */
  first(need: Need): Lane | undefined {
    return this.#book.of(need)?.first(need.type);
  }

  /** Where the need stands among others: see `NeedLanes.standing`. */
  standing(need: Need): Standing | undefined {
    return this.#book.of(need)?.standing();
  }

  /** See `NeedLanes.choose`. Only of a lane that is here. */
  choose(lane: Lane): boolean {
    const { need } = lane.shape;
    this.#choosers.add(need);
    return this.#book.of(need)!.choose(lane);
  }

  /** Some need may stand as a lane that was chosen. */
  get hasChoices(): boolean {
    return this.#choosers.size > 0;
  }

  /** Chosen lanes that may be unable to go by now: their needs stand too late. */
  forgetChoices(isMoot: (lane: Lane) => boolean, changed: (need: Need) => void): void {
    for (const need of this.#choosers) {
      const of = this.#book.of(need);
      if (of?.chosen !== undefined && !isMoot(of.chosen)) continue;
      this.#choosers.delete(need);
      if (of?.forgetChoice() === true) changed(need);
    }
  }

  /** Nothing of the need can go. @returns whether it stands elsewhere by that */
  forgetChoice(need: Need): boolean {
    return this.#book.of(need)?.forgetChoice() ?? false;
  }

  /** The best of the need's lanes that nothing holds and that `accepts` takes: O(lanes). */
  best(need: Need, accepts: (lane: Lane) => boolean): Lane | undefined {
    let best: Lane | undefined;
    for (const lane of this.#book.lanesOf(need)) {
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
    const lane = this.#book.laneOf(task, shape) ?? this.#open(task, shape, room);
    const isHead = lane.heap.push(this.#order.keyOf(task), this.#table.seqAt(row), this.#table.handleOf(row));
    if (!isHead) return false;
    lane.heldUntil = 0; // the new head may not want to wait
    this.settle(lane);
    return true;
  }

  #open(task: TaskView, shape: Shape, room: number): Lane {
    const lane = this.#book.open(shape, this.#order.markOf?.(task) ?? 0, room);
    lane.heap.mayHoldTombstones = !this.#isInForce;
    return lane;
  }

  /** From now on the lanes are told of every task that leaves. Until now some may have left without a word. */
  takeOver(): void {
    this.#isInForce = true;
  }

  /** The lane a task would be in. */
  at(row: number, shape: Shape): Lane | undefined {
    return this.#book.laneOf(this.#cursor.at(row), shape);
  }

  /** Every lane in which tasks may wait. */
  all(): Iterable<Lane> {
    return this.#book.all();
  }

  headRow(lane: Lane): number {
    return this.#table.rowOfHandle(lane.heap.headHandle);
  }

  /** Nothing may put the task off any further. */
  isOverdue(row: number): boolean {
    return this.#order.isOverdue(this.#cursor.at(row));
  }

  /** A task of the lane left and is a tombstone now. */
  left(lane: Lane): void {
    lane.heap.mayHoldTombstones = true;
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
    if (heap.mayHoldTombstones) while (heap.size > 0 && !this.#table.isLive(heap.headSeq, heap.headHandle)) heap.pop();
    if (heap.size === 0 && this.#order.markOf !== undefined) {
      const wasShown = lane.rank !== Number.POSITIVE_INFINITY;
      this.#book.close(lane);
      return wasShown;
    }
    if (heap.size === 0 || lane.shape.held || lane.heldUntil > 0) return this.#show(lane, Number.POSITIVE_INFINITY, 0, 0);
    if (this.#order.ages) this.#rekey(lane);
    const rank = this.#isPreferred(lane.shape) ? guaranteedRank : this.#order.rankOf(lane);
    return this.#show(lane, rank, this.#headKeyOf(lane), heap.headSeq);
  }

  /** Tasks lie all over the memory: the one at the head is looked at only where its key is not enough. */
  #headKeyOf(lane: Lane): number {
    if (this.#order.standsByKey) return lane.heap.headKey;
    return this.#order.headKeyOf(lane, this.#cursor.at(this.headRow(lane)));
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
    return this.#book.lanesOfShape(shape).some((lane) => lane.waitsForMoney);
  }

  settleShape(shape: Shape): void {
    for (const lane of this.#book.lanesOfShape(shape)) this.settle(lane);
  }

  /** To be told the time before deciding. @returns whether lanes were compared anew: every need has to be looked at. */
  advance(nowMs: Ms): boolean {
    if (!this.#order.advance(nowMs)) return false;
    this.#settleAll();
    return true;
  }

  /** See `LaneOrder.fallsAt`. */
  fallsAt(row: number, nowMs: Ms): Ms {
    return this.#order.fallsAt(this.#cursor.at(row), nowMs);
  }

  /** Pools got more or fewer slots. @returns whether lanes were compared anew */
  capacityChanged(): boolean {
    if (this.#order.byCapacity) this.#settleAll();
    return this.#order.byCapacity;
  }

  #settleAll(): void {
    for (const lane of this.#book.all()) this.settle(lane);
  }

  /**
   * The tenant's use is another: its lanes move, in an order by shares. Their heads stay what they are.
   * @param changed is told the needs that stand elsewhere by that @param all also those of which only another lane than the first moved
   */
  settleTenant(tenant: number, changed: (need: Need) => void, all: boolean): void {
    const lanes = this.#book.lanesOfTenant(tenant);
    if (lanes.length === 0) return;
    const ofTenant = this.hasChoices ? undefined : this.#order.rankOfTenant?.(tenant);
    for (let i = 0; i < lanes.length; i++) {
      const lane = lanes[i]!;
      const before = lane.heads.rankOf(lane.entry);
      if (before === Number.POSITIVE_INFINITY) continue; // held
      if (ofTenant !== undefined && lane.shape.gate === undefined) {
        if (ofTenant !== before && (lane.heads.setRank(lane.entry, ofTenant) || all)) changed(lane.shape.need);
        continue;
      }
      const rank = this.#isPreferred(lane.shape) ? guaranteedRank : this.#order.rankOf(lane);
      const key = this.#order.byCapacity ? this.#headKeyOf(lane) : lane.key;
      if (this.#show(lane, rank, key, lane.seq)) changed(lane.shape.need);
    }
  }

  /** Takes every waiting task out of the lanes of a shape. */
  drain(shape: Shape): number[] {
    const rows: number[] = [];
    for (const lane of this.#book.lanesOfShape(shape)) {
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
    for (const lane of this.#book.lanesOfShape(shape)) this.#book.close(lane);
  }

  dropNeed(need: Need): void {
    this.#book.forget(need);
    this.#choosers.delete(need);
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
    return this.#book.of(lane.shape.need)!.show(lane, rank, key, seq, this.#turnsOf(lane.shape));
  }
}
