import type { Ms, Seq } from '../domain/units.ts';
import type { Overtaking } from '../strategies/strategy.ts';
import { FirstInOrder } from './first-in-order.ts';
import { KeptWakes } from './kept-wakes.ts';
import type { Lane } from './lane.ts';
import type { LaneKeeper } from './lane-keeper.ts';
import type { Layout, Ring } from './layout.ts';
import type { Need } from './need.ts';
import { ParkedNeeds } from './parked-needs.ts';
import { Patience } from './patience.ts';
import type { PoolIndex } from './pool-index.ts';
import type { PoolSlot } from './pool-slot.ts';
import type { PredictedEnds } from './predicted-ends.ts';
import { isBefore, type ParkWatch, type ReadyQueue } from './ready-queue.ts';
import { stillStands } from './reservation-stands.ts';
import type { Reservation, Reservations } from './reservations.ts';
import { Shorter } from './shorter.ts';
import type { TaskTable } from './task-table.ts';

interface BackfillDeps {
  readonly pools: PoolIndex;
  readonly needs: readonly (Need | undefined)[];
  readonly table: TaskTable;
  readonly ends: PredictedEnds;
  readonly ready: ReadyQueue;
  readonly reservations: Reservations;
  readonly layout: () => Layout;
  readonly lanes: LaneKeeper;
}

const never = Number.POSITIVE_INFINITY;

/** What to do about the next need in order. `again`: something changed, so another may be the next. */
export type Word = 'look' | 'again' | 'stop';

/**
 * Who may overtake whom. A need that is passed over too long gets a pool kept for it; what ends in time or fits beside it goes on, which is
 * backfilling by the EASY rule. It says when to make a reservation and wakes whom each change of one may help; `Reservations` holds them.
 */
export class Backfill implements ParkWatch {
  readonly #deps: BackfillDeps;
  readonly #patience: Patience;
  #hasRules = false;
  /** Reservations are worked out anew at every decision round: they belong to whoever is first then. */
  #isAnew = false;
  /** Parked needs that have waited too long and have no pool kept. */
  readonly #wanted: ParkedNeeds;
  readonly #order: FirstInOrder;
  /** Needs for which nothing could be kept, because too much is kept already. */
  readonly #turnedAway = new Set<Need>();
  readonly #shorter: Shorter;
  readonly #wakes: KeptWakes;
  #nowMs: Ms = 0;
  /** A start changed who is first. */
  #isOutdated = false;
  /** A start may have changed which pools are the roomiest for a gang, whose rooms are worked out again when a round begins. */
  #isSoon = false;

  constructor(deps: BackfillDeps) {
    this.#deps = deps;
    this.#patience = new Patience(deps.needs);
    this.#wanted = new ParkedNeeds(deps.needs);
    this.#order = new FirstInOrder(deps.needs);
    this.#shorter = new Shorter({ ...deps, patience: this.#patience });
    this.#wakes = new KeptWakes(deps);
  }

  /** The need that nothing may overtake, when that stopped the last round. */
  get blocker(): Need | undefined {
    return this.#order.blocker;
  }

  /** Whether the next need has to be asked for (`before`). */
  get isWatching(): boolean {
    return this.#order.isStrict || this.#wanted.size > 0 || this.#isOutdated;
  }

  /** A strategy takes over: nothing is kept any more, and everything will be looked at again. */
  restart({ strict, reservations: rules }: Overtaking): void {
    const { reservations } = this.#deps;
    for (const reservation of reservations.all()) reservations.release(reservation);
    this.#turnedAway.clear();
    this.#shorter.restart();
    this.#wanted.clear();
    this.#order.follow(strict);
    this.#isOutdated = false;
    this.#isSoon = false;
    this.#hasRules = rules !== undefined;
    this.#isAnew = rules?.patience.mostMs === 0;
    this.#patience.follow(rules?.patience);
    if (rules !== undefined) reservations.follow(rules);
  }

  /** A round of decisions begins. */
  begin(nowMs: Ms): void {
    const { reservations, ready } = this.#deps;
    const blocked = this.#order.blocker;
    this.#nowMs = nowMs;
    this.#isSoon = false;
    this.#order.blocker = undefined;
    if (!this.#hasRules) return;
    if (blocked?.state === 'parked' && this.mayFit(blocked)) ready.wake(blocked); // its shorter tasks were not asked
    this.#shorter.forget();
    for (const need of this.#patience.due(nowMs)) if (need.state === 'parked') this.#timeCame(need);
    if (this.#isAnew) this.#beginAnew();
    else if (reservations.size > 0) for (const reservation of reservations.all()) this.#check(reservation);
    if (reservations.size === 0 && !this.#isAnew && this.#wanted.size === 0) this.#dropEnds();
  }

  /** To be asked about the next need in order, and once at the end. */
  before(next: Need | undefined): Word {
    if (this.#isOutdated) this.#beginAnew();
    const wanted = this.#wanted.first();
    const first = this.#order.first();
    if (this.#isTooEarly(wanted) || this.#isTooEarly(first)) return 'again';
    if (first !== undefined && first !== wanted && this.#deps.reservations.of(first) === undefined) {
      const isFirst = isBefore(first, next) && isBefore(first, wanted);
      if (isFirst) this.#order.blocker = first;
      if (isFirst) return 'stop';
    }
    if (wanted !== undefined && isBefore(wanted, next)) {
      this.#wanted.remove(wanted);
      this.#reserveFor(wanted);
      return 'again';
    }
    return next === undefined ? 'stop' : 'look';
  }

  /** See `Shorter.than`. */
  shorter(need: Need, refused: Lane, openRings: number, startsAt: (row: number) => Ms): Lane | undefined {
    if (this.#order.wouldBe(need) && this.#deps.reservations.of(need) === undefined) return undefined; // not even these may overtake it
    return this.#shorter.than(refused, openRings, startsAt, this.#nowMs);
  }

  parked(need: Need): void {
    if (this.#order.isStrict && this.#openRings(need).some(({ set }) => set.couldServeNow(need))) this.#order.parked(need);
    if (!this.#hasRules) return;
    this.#wanted.update(need);
    this.#parkedStill(need);
  }

  left(need: Need): void {
    if (this.#wanted.size > 0) this.#wanted.remove(need);
    this.#order.left(need);
  }

  get keepsRoom(): boolean {
    return this.#deps.reservations.size > 0;
  }

  /** Whether it may find room in what is kept for others. */
  mayFit(need: Need): boolean {
    const { reservations } = this.#deps;
    return reservations.size > 0 && reservations.keepsFrom(need, this.#openRings(need));
  }

  /** After a task of the need took slots of the pool. */
  started(need: Need, pool: PoolSlot): void {
    need.startedMs = this.#nowMs;
    const { reservations, layout } = this.#deps;
    if (reservations.size === 0) return;
    this.#isOutdated = this.#isAnew && layout().strategy.order.class === 'share';
    this.#isSoon ||= this.#isAnew && reservations.hasGang;
    const own = reservations.of(need);
    if (own !== undefined) this.#release(own);
    const other = reservations.on(pool);
    if (other !== undefined) reservations.update(other, this.#nowMs);
  }

  /** The reservation of a task goes with it: whoever is next of its need has to wait too long first. */
  cancelled(seq: Seq, need: Need): void {
    const own = this.#deps.reservations.of(need);
    if (own?.seq === seq) this.#release(own);
  }

  /** After slots of the pool were given back, before anybody is woken for them. */
  ended(pool: PoolSlot, nowMs: Ms): void {
    this.#nowMs = nowMs;
    const { reservations, ready } = this.#deps;
    if (reservations.size === 0) return;
    this.#wakes.gangsFor(pool);
    const reservation = reservations.on(pool);
    if (reservation === undefined) return;
    reservations.update(reservation, nowMs);
    if (reservation.need.state === 'parked' && reservations.isReady(reservation)) ready.wake(reservation.need);
    this.#wakes.othersFor(reservation);
  }

  /** Its capacity, state or whom it takes has changed. */
  poolChanged(pool: PoolSlot): void {
    const { reservations } = this.#deps;
    this.#tryAgain();
    const reservation = reservations.on(pool);
    if (reservation !== undefined) reservations.update(reservation, this.#nowMs);
  }

  /** The pool is about to go. */
  poolGoes(pool: PoolSlot | undefined): void {
    const reservation = pool === undefined ? undefined : this.#deps.reservations.on(pool);
    if (reservation !== undefined) this.#release(reservation);
    this.#tryAgain();
  }

  /** From the core's origin. */
  nextDueAt(): Ms {
    if (this.#isSoon) return this.#nowMs;
    let at = this.#patience.nextDueAt();
    for (const { dueMs, seq } of this.#deps.reservations.all()) at = Math.min(at, dueMs, this.#isAnew ? this.#fallsAt(seq) : never);
    const { blocker } = this.#order;
    return blocker === undefined ? at : Math.min(at, this.#fallsAt(blocker.headSeq));
  }

  /** When another may be the first in place of this task, which nothing overtakes. */
  #fallsAt(seq: Seq): Ms {
    const { table, layout } = this.#deps;
    const row = table.rowOf(seq);
    return row === -1 ? never : layout().lanes.fallsAt(row, this.#nowMs);
  }

  /** Its head may have waited too long now, or one of its heads may go further than before. */
  #timeCame(need: Need): void {
    this.#parkedStill(need);
    if (this.mayFit(need)) this.#deps.ready.wake(need);
  }

  /** Use of a tenant that grew is found when somebody looks: a parked need may stand before its place. */
  #isTooEarly(need: Need | undefined): boolean {
    const { ready, layout } = this.#deps;
    const lane = need === undefined ? undefined : layout().lanes.first(need);
    if (need === undefined || lane === undefined || !layout().lanes.settle(lane)) return false;
    ready.headChanged(need);
    return true;
  }

  #beginAnew(): void {
    const { reservations, needs } = this.#deps;
    this.#isOutdated = false;
    for (const reservation of reservations.all()) this.#release(reservation);
    this.#turnedAway.clear();
    for (const need of needs) if (need?.state === 'parked') this.#wanted.add(need);
  }

  /** What outlives its prediction may break the promise: then the promise is made anew, where it can be kept soonest. */
  #check(reservation: Reservation): void {
    const { reservations } = this.#deps;
    const { need } = reservation;
    if (!stillStands(reservation, this.#deps)) {
      this.#release(reservation);
      return;
    }
    reservation.isFirm ||= this.#isOverdue(reservation.seq);
    if (reservation.dueMs <= this.#nowMs) reservations.update(reservation, this.#nowMs);
    if (reservation.shadowMs <= Math.max(reservation.promisedMs, this.#nowMs)) reservation.promisedMs = reservation.shadowMs;
    else {
      this.#release(reservation);
      if (need.state === 'parked') this.#parkedStill(need);
    }
  }

  #isOverdue(seq: Seq): boolean {
    const row = this.#deps.table.rowOf(seq);
    return row !== -1 && this.#deps.layout().lanes.isOverdue(row);
  }

  #parkedStill(need: Need): void {
    const { reservations, table, layout } = this.#deps;
    if (reservations.of(need) !== undefined) return;
    const least = this.#patience.leastEndOf(need);
    if (least > this.#nowMs) {
      this.#wanted.remove(need); // another task is its head now
      this.#patience.watch(need, least); // which one is looked at then: while tasks start, it is seldom needed
      return;
    }
    const lane = layout().lanes.first(need);
    if (lane === undefined) return;
    const row = layout().lanes.headRow(lane);
    const at = this.#patience.endOf(need, table.sinceAt(row), table.estimateMsAt(row));
    if (at <= this.#nowMs) this.#wanted.add(need);
    else {
      this.#wanted.remove(need); // another task is its head now
      this.#patience.watch(need, at);
    }
  }

  #reserveFor(need: Need): void {
    const { reservations } = this.#deps;
    const rings = this.#openRings(need);
    if (!reservations.allows(rings)) {
      this.#turnedAway.add(need);
      return;
    }
    const made = reservations.make(need, need.headSeq, this.#isOverdue(need.headSeq), rings, this.#nowMs);
    if (made === undefined) return;
    this.#wakes.othersFor(made);
    if (this.#order.isStrict && this.mayFit(need)) this.#deps.ready.wake(need); // its shorter tasks were not asked
  }

  #release(reservation: Reservation): void {
    const { reservations, ready, lanes, pools } = this.#deps;
    const sets = pools.setsOfAll(reservation.rooms);
    reservations.release(reservation);
    ready.roomIn(sets);
    lanes.freeIn(sets);
    if (reservations.size > 0) for (const { pool } of reservation.rooms) this.#wakes.gangsFor(pool);
    this.#shorter.forget();
    this.#tryAgain();
  }

  /** What may be kept, and where, has changed. */
  #tryAgain(): void {
    for (const need of this.#turnedAway) if (need.state === 'parked') this.#parkedStill(need);
    this.#turnedAway.clear();
  }

  #openRings(need: Need): readonly Ring[] {
    return this.#deps.layout().ringsOf(need).slice(0, need.parkedIn);
  }

  #dropEnds(): void {
    const { ends, layout } = this.#deps;
    if (!layout().facts.asksForDelays) ends.drop();
  }
}
