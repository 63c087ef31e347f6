import type { EpochMs } from '../domain/units.ts';
import type { Lane } from './lane.ts';
import { LaneHolds } from './lane-holds.ts';
import type { Layout } from './layout.ts';
import type { Need } from './need.ts';
import type { PoolSet } from './pool-set.ts';
import type { ReadyQueue } from './ready-queue.ts';

interface LaneKeeperDeps {
  readonly ready: ReadyQueue;
  /** In force. */
  readonly layout: () => Layout;
}

/** Sets lanes aside whose heads wait although there is room, for something better or for money, and brings them back. */
export class LaneKeeper {
  readonly #ready: ReadyQueue;
  readonly #layout: () => Layout;
  readonly #holds = new LaneHolds();
  // By tenant: lanes whose heads it cannot pay for now.
  readonly #poor = new Map<number, Set<Lane>>();

  constructor({ ready, layout }: LaneKeeperDeps) {
    this.#ready = ready;
    this.#layout = layout;
  }

  get isHolding(): boolean {
    return this.#holds.size > 0;
  }

  /** Until then, or until there is more room in one of the sets. */
  hold(lane: Lane, until: EpochMs, sets: readonly PoolSet[]): void {
    this.#hold(lane, until, sets, false);
  }

  /** The same, or until its tenant has more money. */
  holdForMoney(lane: Lane, tenant: number, until: EpochMs, sets: readonly PoolSet[]): void {
    this.#hold(lane, until, sets, true);
    const lanes = this.#poor.get(tenant) ?? new Set<Lane>();
    this.#poor.set(tenant, lanes.add(lane));
  }

  free(lane: Lane): void {
    this.#holds.remove(lane);
    if (lane.lacksMoney && lane.shape.gate !== undefined) this.#poor.get(lane.shape.gate.tenant)?.delete(lane);
    if (lane.isDropped) return;
    this.#layout().lanes.free(lane);
    this.#ready.headChanged(lane.shape.need);
  }

  /** There may be more room in the sets for lanes it helps. */
  freeIn(sets: Iterable<PoolSet>, helps?: (lane: Lane) => boolean): void {
    for (const lane of this.#holds.in(sets)) if (helps === undefined || helps(lane)) this.free(lane);
  }

  freeOf(need: Need): void {
    for (const lane of this.#holds.of(need)) this.free(lane);
  }

  freeAll(): void {
    for (const lane of this.#holds.all()) this.free(lane);
  }

  freeDue(now: EpochMs): void {
    for (const lane of this.#holds.due(now)) this.free(lane);
  }

  /** The tenant has more money than before. */
  payAgain(tenant: number): void {
    const lanes = this.#poor.get(tenant);
    this.#poor.delete(tenant);
    for (const lane of lanes ?? []) this.free(lane);
  }

  /** Prices are others. */
  allPayAgain(): void {
    for (const tenant of [...this.#poor.keys()]) this.payAgain(tenant);
  }

  nextDueAt(): EpochMs {
    return this.#holds.nextDueAt();
  }

  /** All lanes are new. */
  restart(): void {
    this.#holds.clear();
    this.#poor.clear();
  }

  #hold(lane: Lane, until: EpochMs, sets: readonly PoolSet[], forMoney: boolean): void {
    this.#holds.remove(lane); // a hold that a new head has undone
    this.#holds.add(lane, until, sets);
    this.#layout().lanes.hold(lane, until, forMoney);
    this.#ready.headChanged(lane.shape.need);
  }
}
