// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
import type { EpochMs, Ms } from '../domain/units.ts';
import type { Facts, Place, TaskView } from '../strategies/strategy.ts';
import type { Layout, Ring } from './layout.ts';
import type { Need } from './need.ts';
import type { PlanBook } from './plan-book.ts';
import type { PoolIndex } from './pool-index.ts';
import type { PoolOrder } from './pool-order.ts';
import type { PoolSet } from './pool-set.ts';
import type { PoolSlot } from './pool-slot.ts';
import type { Reservations } from './reservations.ts';

const never = Number.POSITIVE_INFINITY;
const none: readonly PoolSlot[] = [];
const noTotals: readonly number[] = [];

/** The search for a pool: ring by ring, the rule's pick in the first that has room. What a search without success found stays readable. */
export class Placement {
  /** Rings that were open to the task: where it may wait for room. */
  openRings = 0;
  /** When the next ring opens; Infinity: none is closed. */
  ringOpensAt: EpochMs = Number.POSITIVE_INFINITY;
  /** There is room, and the rule would rather have the task wait. */
  isRefused = false;
  /** How long, before it is asked again; Infinity: until there is more room. */
  refusedForMs: Ms = Number.POSITIVE_INFINITY;
  /** What was asked for a pool; its `picked` says how it chose. */
  order: PoolOrder | undefined;
  /** The pools that were asked. */
  within: PoolSet | undefined;
  /** Of a gang: the pool of every part; empty for others. */
  parts: readonly PoolSlot[] = none;
  /** What each was picked by, with the ones before it in place; NaN where a plan named the pool. */
  partTotals: readonly number[] = noTotals;

  readonly #pools: PoolIndex;
  readonly #reservations: Reservations;
  readonly #isTrial: boolean;

  /** @param isTrial whether searches leave no trace */
  constructor(pools: PoolIndex, reservations: Reservations, isTrial = false) {
    this.#pools = pools;
    this.#reservations = reservations;
    this.#isTrial = isTrial;
  }

  clear(): void {
    this.openRings = 0;
    this.ringOpensAt = Number.POSITIVE_INFINITY;
    this.isRefused = false;
    this.refusedForMs = Number.POSITIVE_INFINITY;
    this.order = undefined;
    this.within = undefined;
    this.parts = none;
    this.partTotals = noTotals;
  }

  /**
   * @param need whose pools to look at
   * @param owner the need it waits as, where `need` is what is left of it: that is what plans know it by, and what is kept is kept for
   * @param readyAt since when the task waits
   * @returns where it goes; of a gang, the first of its `parts`
   */
  find(layout: Layout, need: Need, owner: Need, task: TaskView, readyAt: EpochMs, now: EpochMs): PoolSlot | undefined {
    const ring = this.#firstWithRoom(layout, need, owner, task, readyAt, now, never);
    if (ring === undefined) return undefined;
    const pool =
      need.parts === 1 ? this.#poolIn(layout, layout.plan, ring, need, owner, task) : this.#allIn(layout, ring, need, owner, task);
    this.#reservations.takeBack();
    this.within = ring.set;
    this.isRefused = pool === undefined;
    const rather = this.order?.picked.pool;
    if (pool === undefined && rather !== undefined) {
      this.refusedForMs = layout.strategy.place.wait?.(task, rather, layout.facts) ?? Number.POSITIVE_INFINITY;
    }
    return pool;
  }

  /** How long the task had better wait for something better than what `find` answered; of a gang, than any part of it. */
  waitMs(wait: NonNullable<Place['wait']>, task: TaskView, pool: PoolSlot, facts: Facts): Ms {
    if (this.parts.length === 0) return wait(task, pool, facts);
    return Math.max(...this.parts.map((each) => wait(task, each, facts)));
  }

  /** Whether the plan lets a task go that has room in the ring; nothing is spent. @param owner see `find` */
  isPlanned(layout: Layout, plan: PlanBook, ring: Ring, need: Need, owner: Need, task: TaskView): boolean {
    if (need.parts > 1) return this.#allIn(layout, ring, need, owner, task, true) !== undefined;
    return plan.trial({ need: owner, set: ring.set, task }) !== undefined;
  }

  /** The ring in which there is room for the task, of the first ones; nothing is picked. @param owner see `find` */
  ringFor(layout: Layout, need: Need, owner: Need, task: TaskView, readyAt: EpochMs, now: EpochMs, mostRings = never): Ring | undefined {
    const ring = this.#firstWithRoom(layout, need, owner, task, readyAt, now, mostRings);
    this.#reservations.takeBack();
    return ring;
  }

  /** What the task may use of what is kept for others stays lent when there is one. */
  #firstWithRoom(
    layout: Layout,
    need: Need,
    owner: Need,
    task: TaskView,
    readyAt: EpochMs,
    now: EpochMs,
    mostRings: number,
  ): Ring | undefined {
    let couldServe = false;
    this.clear();
    for (const ring of layout.ringsOf(need)) {
      if (this.openRings === mostRings) return undefined;
      if (couldServe && readyAt + ring.openAfterMs > now) {
        this.ringOpensAt = readyAt + ring.openAfterMs;
        return undefined;
      }
      this.openRings++;
      if (this.#reservations.size > 0) this.#reservations.lend(ring.set, owner, task, layout.facts.nowMs);
      if (ring.set.hasRoomFor(need)) return ring;
      this.#reservations.takeBack();
      couldServe ||= ring.set.couldServe(need);
    }
    return undefined;
  }

  #poolIn(layout: Layout, plan: PlanBook | undefined, ring: Ring, need: Need, owner: Need, task: TaskView): PoolSlot | undefined {
    if (plan === undefined) return this.#pick(layout, ring, need, task);
    return this.#follow(plan, ring, owner, task);
  }

  /** Finds a pool for one part after the other, each with the ones before it in place; then all is put back. */
  #allIn(layout: Layout, ring: Ring, need: Need, owner: Need, task: TaskView, isTrial = this.#isTrial): PoolSlot | undefined {
    const rule = ring.orders[layout.strategy.place.rule?.(task) ?? 0]!;
    const plan = isTrial ? layout.plan?.asOfNow() : layout.plan;
    const parts: PoolSlot[] = [];
    const totals: number[] = [];
    const closed: PoolSlot[] = [];
    /** What is left over of its machines holds no more parts. */
    const closeFull = (pool: PoolSlot) => {
      if (pool.partNodes === undefined || pool.state !== 'active') return;
      if (pool.holdsPart(need.type.id, need.slots)) return;
      closed.push(pool);
      this.#setState(pool, 'paused');
    };
    if (ring.set.hasPartNodes) ring.set.pools.forEach(closeFull);
    if (isTrial) rule.beginTrials();
    plan?.beginParts(isTrial);
    for (let found = 0; found < need.parts; found++) {
      const pool = plan === undefined ? this.#pick(layout, ring, need, task) : plan.pick({ need: owner, set: ring.set, task });
      if (pool === undefined) break;
      this.#load(pool, need, 1);
      parts.push(pool);
      totals.push(plan === undefined ? rule.picked.total : Number.NaN);
      closeFull(pool);
      plan?.takePart(owner, pool);
    }
    for (const pool of closed) this.#setState(pool, 'active');
    for (const pool of parts) this.#load(pool, need, -1);
    plan?.putBackParts(owner, parts, parts.length < need.parts || isTrial);
    if (plan !== undefined && layout.plan !== undefined) layout.plan.refusedUntil = plan.refusedUntil;
    if (isTrial) rule.endTrials();
    if (parts.length < need.parts) return undefined;
    this.parts = parts;
    this.partTotals = totals;
    return parts[0];
  }

  #setState(pool: PoolSlot, state: PoolSlot['state']): void {
    pool.state = state;
    this.#pools.refresh(pool);
  }

  #load(pool: PoolSlot, { slots, type }: Need, sign: 1 | -1): void {
    pool.load += sign * slots;
    const cap = pool.caps?.get(type.id);
    if (cap !== undefined) cap.running += sign;
    pool.held.change(type.id, slots, sign);
    pool.keptParts?.held.change(type.id, slots, sign);
    this.#pools.refresh(pool);
  }

  #pick({ strategy, facts }: Layout, ring: Ring, need: Need, task: TaskView): PoolSlot | undefined {
    const order = ring.orders[strategy.place.rule?.(task) ?? 0]!;
    this.order = order;
    return this.#isTrial ? order.trial(task, need.slots, facts) : order.pick(task, need.slots, facts);
  }

  #follow(plan: PlanBook, { set }: Ring, need: Need, task: TaskView): PoolSlot | undefined {
    return this.#isTrial ? plan.trial({ need, set, task }) : plan.pick({ need, set, task });
  }
}
