import type { Ms } from '../domain/units.ts';
import type { Facts, PoolView, RegionLatency, TaskView } from '../strategies/strategy.ts';
import { createLatencies } from './latencies.ts';
import type { PoolIndex } from './pool-index.ts';
import { seededRandom } from './seeded-random.ts';

/** What one epoch's strategy may ask. The owner sets the moment before it asks, and the seed when the epoch begins. */
export class EpochFacts implements Facts {
  readonly largestLatencyMs: Ms;
  readonly latencyMs: Facts['latencyMs'];
  readonly carbonStepMs = 3_600_000;
  /** From the core's origin. */
  nowMs: Ms = 0;
  readonly #pools: PoolIndex;
  #random = seededRandom(0);

  constructor(pools: PoolIndex, latencies: readonly RegionLatency[]) {
    this.#pools = pools;
    const measured = createLatencies(latencies, pools.regions);
    this.largestLatencyMs = measured.largestMs;
    this.latencyMs = measured.between;
  }

  get dearestPrice(): number {
    return this.#pools.prices.dearest;
  }

  seed(seed: number): void {
    this.#random = seededRandom(seed);
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

  startDelayMs(task: TaskView, pool: PoolView): Ms {
    return pool.free >= task.slots ? 0 : Number.POSITIVE_INFINITY;
  }

  egressUsd(): number {
    return 0;
  }

  carbonForecast(): readonly number[] {
    return [];
  }

  random(): number {
    return this.#random();
  }
}
