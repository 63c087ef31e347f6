// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
import type { EpochMs } from '../domain/units.ts';
import type { TaskView } from '../strategies/strategy.ts';
import { type Explainer, isAboutRoom, noRoomCode } from './explain.ts';
import type { Layout } from './layout.ts';
import type { Need, Shape } from './need.ts';
import type { NeedTable } from './need-table.ts';
import { Placement } from './placement.ts';
import type { PoolIndex } from './pool-index.ts';
import type { PoolSlot } from './pool-slot.ts';
import { byLasting, type Hold, type SchedulingReason } from './reasons.ts';
import type { KeptFrom, Reservations } from './reservations.ts';
import type { SpendLedger } from './spend.ts';
import type { Stop, Subject } from './wording.ts';

/** A task to try: one that waits, or one that nobody submitted. */
export interface Candidate extends Subject {
  /** Made for the occasion where no task of its kind waits. */
  readonly shape: Shape;
  readonly view: TaskView;
  /** Since when it could have run. */
  readonly readyAt: EpochMs;
  /** What its strategy has decided about it alone. */
  readonly ownStop: OwnStop | undefined;
}

interface OwnStop extends Stop {
  readonly code: SchedulingReason;
}

/** What would become of a task that is looked at now. */
export interface Outcome {
  /** Where it would start; `undefined`: it would wait. */
  readonly pool: PoolSlot | undefined;
  /** What stops it, the one that lasts longest by itself first; empty: nothing. */
  readonly holds: readonly Hold[];
}

interface TrialDeps {
  readonly explainer: Explainer;
  readonly origin: EpochMs;
  readonly needs: NeedTable;
  readonly pools: PoolIndex;
  readonly reservations: Reservations;
  readonly spend: SpendLedger;
}

/**
 * Looks at one task as `decide` would, and leaves no trace: the same gates, the same search for a pool; what chance gave is given again to whoever
 * draws next. It agrees with `decide` wherever nothing else is left to decide.
 */
export class Trial {
  readonly #deps: TrialDeps;
  /** Of the latest run: where it looked, and what was picked there. */
  readonly placement: Placement;

  constructor(deps: TrialDeps) {
    this.#deps = deps;
    this.placement = new Placement(deps.pools, deps.reservations, true);
  }

  /** @param ahead tasks of its lane that go first, or as many as are told */
  run(layout: Layout, candidate: Candidate, ahead: number, now: EpochMs): Outcome {
    const { pool, stops } = this.#look(layout, candidate, now);
    if (ahead > 0) stops.set('behind_in_order', { ahead });
    const isFree = stops.size === 0 && layout.lanes.standings.wouldBeFirst(candidate.view, candidate.shape);
    const holds = byLasting([...stops.keys()]).map((code) => this.#deps.explainer.describe(code, candidate, stops.get(code)));
    return { pool: isFree ? pool : undefined, holds };
  }

  /** What stops it apart from the room there is, and from those that go first. */
  codesOf(candidate: Candidate): SchedulingReason[] {
    return this.#deps.explainer.codesOf(candidate).filter((code) => !isAboutRoom(code));
  }

  /** Where a task would start were these reasons lifted and nothing ahead of it. */
  wouldStart(layout: Layout, candidate: Candidate, now: EpochMs, lifted: readonly SchedulingReason[]): PoolSlot | undefined {
    this.placement.clear();
    if (candidate.ownStop !== undefined || this.codesOf(candidate).some((code) => !lifted.includes(code))) return undefined;
    const payable = lifted.includes('spend_limit') ? candidate.need : this.#payable(candidate);
    if (payable === undefined) return undefined;
    const found = layout.facts.tried(now - this.#deps.origin, () => this.#search(layout, payable, candidate, now));
    return found.code === undefined ? found.pool : undefined;
  }

  /** Where the task of the latest trial, which starts on `pool`, has its parts. */
  latest(pool: PoolSlot): { readonly poolId: number; readonly parts: readonly number[] | undefined } {
    const { parts } = this.placement;
    return { poolId: pool.id, parts: parts.length === 0 ? undefined : parts.map(({ id }) => id) };
  }

  /** What stops it apart from those that go first. */
  #look(
    layout: Layout,
    candidate: Candidate,
    now: EpochMs,
  ): { readonly pool: PoolSlot | undefined; readonly stops: Map<SchedulingReason, Stop> } {
    this.placement.clear();
    const stops = new Map<SchedulingReason, Stop>();
    for (const code of this.codesOf(candidate)) stops.set(code, {});
    const isHopeless = [...stops.keys()].some((code) => hopeless.includes(code));
    const { ownStop } = candidate;
    if (ownStop !== undefined) stops.set(ownStop.code, ownStop);
    const payable = this.#payable(candidate);
    if (payable === undefined || (isHopeless && payable !== candidate.need)) stops.set('spend_limit', {});
    if (isHopeless || payable === undefined) return { pool: undefined, stops };
    const found = layout.facts.tried(now - this.#deps.origin, () => this.#search(layout, payable, candidate, now));
    if (found.code !== undefined && !stops.has(found.code)) stops.set(found.code, { until: found.until, kept: found.kept });
    return { pool: found.pool, stops };
  }

  #search(layout: Layout, payable: Need, candidate: Candidate, now: EpochMs): Found {
    if (payable === candidate.need) return this.#searchIn(layout, payable, candidate, now);
    const isNew = !layout.hasRings(payable);
    const found = this.#searchIn(layout, payable, candidate, now);
    if (isNew) layout.dropRings(payable); // before the need itself gets rings: as drafts both have the same number
    return found.pool === undefined ? { ...found, code: 'spend_limit', until: undefined } : found;
  }

  /** The need as far as its tenant can pay for it; `undefined`: for no pool. */
  #payable({ need, gate, cost }: Candidate): Need | undefined {
    const { needs, pools, spend } = this.#deps;
    if (gate?.account === undefined) return need;
    const priceCap = pools.prices.capWithin(spend.leftOf(gate.tenant), cost, need.priceCap);
    if (priceCap === undefined) return need;
    return priceCap === -1 ? undefined : needs.draft(need.type, { ...need.demand, priceCap });
  }

  #searchIn(layout: Layout, need: Need, { need: owner, view, readyAt }: Candidate, now: EpochMs): Found {
    const { wait } = layout.strategy.place;
    const { placement } = this;
    const pool = placement.find(layout, need, owner, view, readyAt, now);
    if (pool !== undefined) {
      const waitMs = wait === undefined ? 0 : placement.waitMs(wait, view, pool, layout.facts);
      return waitMs > 0 ? { pool, code: 'waiting_for_price', until: now + waitMs } : { pool, code: undefined, until: undefined };
    }
    if (placement.isRefused) {
      const { plan } = layout;
      if (plan !== undefined) return { pool, code: 'plan_pending', until: this.#deps.origin + plan.refusedUntil };
      const until = now + placement.refusedForMs;
      return { pool, code: 'waiting_for_price', until: until === Number.POSITIVE_INFINITY ? undefined : until };
    }
    const open = layout.ringsOf(need).slice(0, placement.openRings);
    const kept = this.#deps.reservations.keptFrom(owner, open);
    if (kept !== undefined) return { pool, code: 'reserved_for_older', until: undefined, kept };
    if (placement.ringOpensAt !== Number.POSITIVE_INFINITY) return { pool, code: 'waiting_for_home', until: placement.ringOpensAt };
    return { pool, code: noRoomCode(need), until: undefined };
  }
}

interface Found {
  readonly pool: PoolSlot | undefined;
  readonly code: SchedulingReason | undefined;
  readonly until: EpochMs | undefined;
  readonly kept?: KeptFrom | undefined;
}

/** Where these hold there is nowhere to look for room. */
export const hopeless: readonly SchedulingReason[] = [
  'price_cap',
  'larger_than_any_pool',
  'no_matching_pool',
  'pools_paused',
  'pool_cooling',
];
