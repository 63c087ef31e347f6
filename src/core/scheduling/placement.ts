// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
import type { EpochMs } from '../domain/units.ts';
import type { TaskView } from '../strategies/strategy.ts';
import type { Layout, Ring } from './layout.ts';
import type { Need } from './need.ts';
import type { PlanBook } from './plan-book.ts';
import type { PoolOrder } from './pool-order.ts';
import type { PoolSet } from './pool-set.ts';
import type { PoolSlot } from './pool-slot.ts';

/** The search for a pool: ring by ring, the rule's pick in the first that has room. What a search without success found stays readable. */
export class Placement {
  /** Rings that were open to the task: where it may wait for room. */
  openRings = 0;
  /** When the next ring opens; Infinity: none is closed. */
  ringOpensAt: EpochMs = Number.POSITIVE_INFINITY;
  /** There is room, and the rule would rather have the task wait. */
  isRefused = false;
  /** What was asked for a pool; its `picked` says how it chose. */
  order: PoolOrder | undefined;
  /** The pools that were asked. */
  within: PoolSet | undefined;

  readonly #isTrial: boolean;

  /** @param isTrial whether searches leave no trace */
  constructor(isTrial = false) {
    this.#isTrial = isTrial;
  }

  clear(): void {
    this.openRings = 0;
    this.ringOpensAt = Number.POSITIVE_INFINITY;
    this.isRefused = false;
    this.order = undefined;
    this.within = undefined;
  }

  /**
   * @param readyAt since when the task waits
   * @param planned the need that plans know it by, where `need` is what is left of it
   */
  find(layout: Layout, need: Need, task: TaskView, readyAt: EpochMs, now: EpochMs, planned = need): PoolSlot | undefined {
    const ring = this.ringFor(layout, need, readyAt, now);
    if (ring === undefined) return undefined;
    const pool = layout.plan === undefined ? this.#pick(layout, ring, need, task) : this.#follow(layout.plan, ring, planned, task);
    this.within = ring.set;
    this.isRefused = pool === undefined;
    return pool;
  }

  /** The ring in which there is room. */
  ringFor(layout: Layout, need: Need, readyAt: EpochMs, now: EpochMs): Ring | undefined {
    let couldServe = false;
    this.clear();
    for (const ring of layout.ringsOf(need)) {
      if (couldServe && readyAt + ring.openAfterMs > now) {
        this.ringOpensAt = readyAt + ring.openAfterMs;
        return undefined;
      }
      this.openRings++;
      if (ring.set.most >= need.slots) return ring;
      couldServe ||= ring.set.largest >= need.slots;
    }
    return undefined;
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
