// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
import type { EpochMs, Ms } from '../domain/units.ts';
import type { TaskView } from '../strategies/strategy.ts';
import type { Backfill } from './backfill.ts';
import type { Epochs } from './epochs.ts';
import type { Lane } from './lane.ts';
import type { LaneKeeper } from './lane-keeper.ts';
import type { Need } from './need.ts';
import type { Placement } from './placement.ts';
import type { PoolSet } from './pool-set.ts';
import type { PoolSlot } from './pool-slot.ts';
import type { Purse } from './purse.ts';
import type { ReadyQueue } from './ready-queue.ts';
import type { Reservations } from './reservations.ts';
import type { SpendLedger } from './spend.ts';
import type { TaskCursor, TaskTable } from './task-table.ts';

interface LookerDeps {
  readonly origin: EpochMs;
  readonly table: TaskTable;
  readonly cursor: TaskCursor;
  readonly epochs: Epochs;
  readonly placement: Placement;
  readonly reservations: Reservations;
  readonly ready: ReadyQueue;
  readonly lanes: LaneKeeper;
  readonly backfill: Backfill;
  readonly purse: Purse;
  readonly spend: SpendLedger;
}

/** Looks at one task whose quotas let it go: finds it a pool, or sets aside what waits with it. */
export class Looker {
  readonly #deps: LookerDeps;

  constructor(deps: LookerDeps) {
    this.#deps = deps;
  }

  /**
   * Parks the need without a look at its first task where no task of it could go: no pool of any ring has room, and neither quotas, nor a
   * plan, nor what is kept for others have a say in it. Most starts end so: who started took the room that had come free, and the next task in
   * line lies somewhere else in memory. @returns whether it did
   */
  parkUnseen(need: Need, lane: Lane): boolean {
    const { epochs, reservations, ready } = this.#deps;
    const { layout } = epochs;
    if (lane.shape.gate !== undefined || need.type.running >= need.type.total) return false;
    if (layout.plan !== undefined || reservations.size > 0) return false;
    const rings = layout.ringsOf(need);
    if (rings.length === 0 || rings[rings.length - 1]!.set.hasRoomFor(need)) return false;
    for (let i = 0; i < rings.length; i++) if (rings[i]!.openAfterMs > 0) return false; // it depends on how long the task has waited
    ready.park(need, rings.length, Number.POSITIVE_INFINITY);
    return true;
  }

  /** A pool for the head of a lane; without one the need waits for room, or the lane for something better. */
  poolFor(lane: Lane, row: number, now: EpochMs): PoolSlot | undefined {
    const { purse, placement, cursor, table, epochs, origin } = this.#deps;
    const { need } = lane.shape;
    const { strategy, facts } = epochs.layout;
    const payable = purse.payable(lane.shape, row);
    if (payable === undefined) {
      this.#holdForMoney(lane, undefined, Number.POSITIVE_INFINITY);
      return undefined;
    }
    const task = cursor.at(row);
    const readyAt = origin + table.sinceAt(row);
    if (need.type.turns !== undefined && this.#couldGo(payable, task, readyAt, now, need)) {
      // It is first by turns and could go. Whether its need is the first as well is decided by its own place in the order.
      if (!epochs.layout.lanes.choose(lane)) {
        this.#deps.ready.headChanged(need);
        return undefined;
      }
    }
    const pool = placement.find(epochs.layout, payable, need, task, readyAt, now);
    if (pool === undefined) {
      this.#refused(lane, payable, now);
      return undefined;
    }
    const waitMs = strategy.place.wait === undefined ? 0 : placement.waitMs(strategy.place.wait, task, pool, facts);
    if (waitMs <= 0) return pool;
    this.#deps.lanes.hold(lane, now + waitMs, this.#openSets(payable));
    return undefined;
  }

  /** There is room, and a plan does not keep it from the task. */
  #couldGo(payable: Need, task: TaskView, readyAt: EpochMs, now: EpochMs, need: Need): boolean {
    const { placement, epochs } = this.#deps;
    const ring = placement.ringFor(epochs.layout, payable, need, task, readyAt, now);
    if (ring === undefined) return false;
    const { plan } = epochs.layout;
    return plan === undefined || placement.isPlanned(epochs.layout, plan, ring, payable, need, task);
  }

  #refused(lane: Lane, payable: Need, now: EpochMs): void {
    const { placement, epochs, origin } = this.#deps;
    const { plan } = epochs.layout;
    const { isRefused, refusedForMs, ringOpensAt } = placement;
    const refusedUntil = plan === undefined ? now + refusedForMs : origin + plan.refusedUntil;
    if (payable !== lane.shape.need) this.#holdForMoney(lane, payable, isRefused ? refusedUntil : ringOpensAt);
    else if (isRefused) this.#deps.lanes.hold(lane, refusedUntil, this.#openSets(payable));
    else this.#park(lane, now);
  }

  /**
   * @param need where it looked for a pool; `undefined`: it can pay for none
   * @param atMost until when it waits if it gets no money
   */
  #holdForMoney(lane: Lane, need: Need | undefined, atMost: EpochMs): void {
    const { gate } = lane.shape;
    if (gate === undefined) return; // it has all the money it wants
    const until = Math.min(this.#deps.spend.untilOf(gate.tenant), atMost);
    this.#deps.lanes.holdForMoney(lane, gate.tenant, until, need === undefined ? [] : this.#openSets(need));
  }

  /** There is no room for the head of the lane: the head of another may use what is kept for others, else the need waits. */
  #park(lane: Lane, now: EpochMs): void {
    const { placement, epochs, ready, backfill } = this.#deps;
    const { need } = lane.shape;
    const { openRings, ringOpensAt } = placement;
    if (epochs.layout.lanes.forgetChoice(need)) ready.headChanged(need);
    const shorter = backfill.shorter(need, lane, openRings, (row) => this.#startsAt(need, row, now, openRings));
    if (shorter !== undefined) ready.tryInstead(need, shorter);
    else if (ready.insteadOf(need) === undefined) ready.park(need, openRings, ringOpensAt);
    else ready.headChanged(need);
  }

  /** When the task may start in one of the first rings of its need, from the origin: now, when one of them opens to it, or Infinity. */
  #startsAt(need: Need, row: number, now: EpochMs, mostRings: number): Ms {
    const { placement, epochs, table, cursor, origin } = this.#deps;
    const readyAt = origin + table.sinceAt(row);
    const ring = placement.ringFor(epochs.layout, need, need, cursor.at(row), readyAt, now, mostRings);
    if (ring !== undefined) return now - origin;
    return placement.ringOpensAt - origin;
  }

  /** Where the latest search looked. */
  #openSets(need: Need): PoolSet[] {
    const { placement, epochs } = this.#deps;
    return epochs.layout
      .ringsOf(need)
      .slice(0, placement.openRings)
      .map((ring) => ring.set);
  }
}
