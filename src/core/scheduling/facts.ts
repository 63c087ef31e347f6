// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
import type { EpochMs, Ms } from '../domain/units.ts';
import type { Facts, PoolView, Strategy, TaskView } from '../strategies/strategy.ts';
import { CarbonOutlook } from './carbon-outlook.ts';
import { createLatencies } from './latencies.ts';
import type { PoolIndex } from './pool-index.ts';
import { PoolSlot } from './pool-slot.ts';
import type { PredictedEnds } from './predicted-ends.ts';
import { seededRandom } from './seeded-random.ts';
import { createTransferPrices, type TransferPrices } from './transfer-prices.ts';

/** What one epoch's strategy may ask. The owner sets the moment before it asks, and the seed when the epoch begins. */
export class EpochFacts implements Facts {
  readonly largestLatencyMs: Ms;
  readonly latencyMs: Facts['latencyMs'];
  readonly egressUsdPerGb: Facts['egressUsdPerGb'];
  /** From the core's origin. */
  nowMs: Ms = 0;
  /** Predicted ends are kept for it. */
  asksForDelays = false;
  readonly #pools: PoolIndex;
  readonly #ends: PredictedEnds;
  /** What `nowMs` counts from. */
  readonly #origin: EpochMs;
  readonly #transfer: TransferPrices;
  readonly #carbon: CarbonOutlook;
  #random = seededRandom(0);
  /** Numbers that a trial drew: the next ones that are really drawn. */
  #ahead: number[] = [];
  /** How many of them the trial under way has drawn; -1: there is none. */
  #tried = -1;

  constructor(pools: PoolIndex, ends: PredictedEnds, strategy: Strategy, origin: EpochMs) {
    this.#pools = pools;
    this.#ends = ends;
    this.#origin = origin;
    const measured = createLatencies(strategy.latencies ?? [], pools.regions);
    this.largestLatencyMs = measured.largestMs;
    this.latencyMs = measured.between;
    this.#transfer = createTransferPrices(strategy.transferPrices ?? [], pools.regions);
    this.egressUsdPerGb = this.#transfer.between;
    this.#carbon = new CarbonOutlook(strategy.carbonForecast, pools.regions);
  }

  get dearestPrice(): number {
    return this.#pools.prices.dearest;
  }

  get dearestEgressUsdPerGb(): number {
    return this.#transfer.dearestUsd;
  }
  get dirtiestGramsPerKwh(): number {
    return this.#pools.carbon.value;
  }
  get carbonStepMs(): Ms {
    return this.#carbon.stepMs;
  }

  seed(seed: number): void {
    this.#random = seededRandom(seed);
    this.#ahead = [];
  }

  /** Asks as of a moment, and leaves time and chance as they were. */
  tried<T>(nowMs: Ms, ask: () => T): T {
    const before = this.nowMs;
    this.nowMs = nowMs;
    this.#tried = 0;
    try {
      return ask();
    } finally {
      this.nowMs = before;
      this.#tried = -1;
    }
  }

  waitedMs(task: TaskView): Ms {
    return Math.max(0, this.nowMs - task.since);
  }

  slackMs(task: TaskView): Ms {
    return task.deadline - this.nowMs - task.estimateMs;
  }

  runMs(task: TaskView, pool: PoolView): Ms {
    return task.estimateMs / pool.speed;
  }

  startDelayMs(task: TaskView, pool: PoolView, mostMs: Ms = Number.POSITIVE_INFINITY): Ms {
    const slot = pool instanceof PoolSlot ? pool : this.#pools.get(pool.id);
    if (slot === undefined) return Number.POSITIVE_INFINITY;
    const slots = task.slots / task.parts; // of one part: the others may go elsewhere
    if (slot.roomFor(task.type) >= slots) return 0;
    if (!(mostMs > 0)) return Number.POSITIVE_INFINITY;
    if (slot.spaceFor(task.type) >= slots) return Number.POSITIVE_INFINITY; // kept for another, and who comes after that nobody knows
    this.asksForDelays = true;
    return this.#ends.opening(slot, slots, task.type, this.nowMs).at - this.nowMs;
  }

  carbonForecast(region: number): readonly number[] {
    return this.#carbon.from(region, this.#origin + this.nowMs);
  }

  promised(region: number, step: number): number {
    const slots = this.#carbon.promised(region, step, this.#origin + this.nowMs);
    return slots === 0 ? 0 : slots / Math.max(1, this.#pools.slotsIn(region));
  }

  /** The task was put off to `atMs`. */
  putOff(task: TaskView, atMs: Ms): void {
    this.#carbon.promise(task.region, this.#origin + atMs, task.estimateMs, task.slots);
  }

  random(): number {
    if (this.#tried === -1) return (this.#ahead.length > 0 ? this.#ahead.shift() : undefined) ?? this.#random();
    if (this.#tried === this.#ahead.length) this.#ahead.push(this.#random());
    return this.#ahead[this.#tried++]!;
  }
}
