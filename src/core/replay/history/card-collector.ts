import type { Figures, WorstTask } from '../../domain/replay.ts';
import type { EpochMs, Ms } from '../../domain/units.ts';
import type { RecordedTask } from '../../ports/history.ts';
import type { PoolEntry } from '../../scheduling/core.ts';
import { inMap } from '../in-map.ts';
import { boundedSlowdown } from '../metrics.ts';
import { attemptCost, slowestOf } from '../trx/attempt-rules.ts';
import type { SimObserver } from '../trx/sim-observer.ts';
import { Histogram } from './histogram.ts';
import { type BestPool, createCostBound } from './offline-bounds.ts';
import type { HistoryTask } from './tasks-of-record.ts';

const worstShown = 10;
const tenantsShown = 10;
const msPerS = 1_000;
/** Slowdowns are kept as thousandths. */
const thousandths = 1_000;
/** Slices of the window whose means are compared pair by pair. */
export const slices = 20;

/** Sums a story up as it is told: memory does not grow with the tasks, only with tenants. */
export class FigureCollector {
  readonly #waits = new Histogram();
  readonly #slowdowns = new Histogram();
  readonly #tenants = new Map<string, { tasks: number; wait: Ms; maxWait: Ms; slowdown: number }>();
  readonly #ends = { completed: 0, failed: 0, cancelled: 0 };
  readonly #sliceSums = new Float64Array(slices);
  readonly #sliceCounts = new Float64Array(slices);
  #worst: WorstTask[] = [];
  #cost = 0;
  #dated = 0;
  #missed = 0;
  readonly #from: EpochMs;
  readonly #sliceMs: Ms;

  constructor(from: EpochMs, to: EpochMs) {
    this.#from = from;
    this.#sliceMs = Math.max(1, (to - from) / slices);
  }

  /** @param ranMs of the attempt that completed it, 0 for none */
  task({ entry, recorded }: HistoryTask, waitMs: Ms, ranMs: Ms, end: 'completed' | 'failed' | 'cancelled', at: EpochMs): void {
    const { tenant, type, seq, readyAt, deadline } = entry;
    const slowdown = boundedSlowdown(waitMs / msPerS, ranMs / msPerS);
    this.#waits.add(waitMs);
    this.#slowdowns.add(slowdown * thousandths);
    this.#ends[end]++;
    const own = inMap(this.#tenants, tenant, () => ({ tasks: 0, wait: 0, maxWait: 0, slowdown: 0 }));
    own.tasks++;
    own.wait += waitMs;
    own.maxWait = Math.max(own.maxWait, waitMs);
    own.slowdown += slowdown;
    const slice = Math.min(slices - 1, Math.max(0, Math.floor((readyAt - this.#from) / this.#sliceMs)));
    this.#sliceSums[slice] = (this.#sliceSums[slice] ?? 0) + waitMs;
    this.#sliceCounts[slice] = (this.#sliceCounts[slice] ?? 0) + 1;
    if (deadline !== null) {
      this.#dated++;
      if (end !== 'completed' || at > deadline) this.#missed++;
    }
    const bar = this.#worst.length < worstShown ? 0 : (this.#worst.at(-1)?.waitMs ?? 0);
    if (waitMs > bar) this.#rank({ seq, id: null, tenant, type, waitMs, reallyWaitedMs: realWaitOf(recorded) });
  }

  spent(amount: number): void {
    this.#cost += amount;
  }

  #rank(task: WorstTask): void {
    this.#worst.push(task);
    this.#worst.sort((a, b) => b.waitMs - a.waitMs || a.seq - b.seq);
    this.#worst = this.#worst.slice(0, worstShown);
  }

  /** Mean waits of the slices; `null` where nothing came. */
  sliceMeans(): readonly (number | null)[] {
    return Array.from(this.#sliceSums, (sum, i) => (this.#sliceCounts[i] ? sum / this.#sliceCounts[i] : null));
  }

  figures(): Figures {
    const [waits, slowdowns] = [this.#waits, this.#slowdowns];
    const slowdown = (value: number | null) => (value === null ? null : value / thousandths);
    const tenants = [...this.#tenants].sort(([a, x], [b, y]) => y.tasks - x.tasks || (a < b ? -1 : 1));
    return {
      tasks: waits.count,
      wait: { mean: waits.mean, p50: waits.quantile(0.5), p95: waits.quantile(0.95), p99: waits.quantile(0.99), max: waits.most },
      slowdown: { mean: slowdown(slowdowns.mean), p95: slowdown(slowdowns.quantile(0.95)), max: slowdown(slowdowns.most) },
      cost: this.#cost,
      ...this.#ends,
      deadlines: { tasks: this.#dated, missed: this.#missed },
      fairness: jain(tenants.map(([, own]) => own.slowdown / own.tasks)),
      tenants: tenants
        .slice(0, tenantsShown)
        .map(([tenant, { tasks, wait, maxWait }]) => ({ tenant, tasks, meanWaitMs: wait / tasks, maxWaitMs: maxWait })),
      worst: this.#worst,
    };
  }
}

/** Until it first started; `null`: it never did. */
export function realWaitOf({ attempts, entry }: RecordedTask): Ms | null {
  const [first] = attempts;
  return first === undefined ? null : Math.max(0, first.startedAt - entry.readyAt);
}

/** (Σ x)² / (m Σ x²). @see Jain, Chiu, Hawe, A quantitative measure of fairness, DEC-TR-301, 1984 */
function jain(values: readonly number[]): number | null {
  const sum = values.reduce((total, value) => total + value, 0);
  const squares = values.reduce((total, value) => total + value * value, 0);
  return squares === 0 ? null : (sum * sum) / (values.length * squares);
}

/** A replay as it is heard: the figures, what it cost at best, and when it was done. */
export function createCard(from: EpochMs, to: EpochMs, onStart: (task: HistoryTask, pool: PoolEntry) => void = () => {}) {
  const collector = new FigureCollector(from, to);
  const costBound = createCostBound();
  let lastEnd = Number.NEGATIVE_INFINITY;
  let allCosts = 0;

  const observer: SimObserver = {
    started(task, attempt, pool) {
      if (attempt === 1) onStart(task as HistoryTask, pool); // the tasks of this simulation
    },
    ended({ task, pools, startedAt, endedAt, outcome }) {
      lastEnd = Math.max(lastEnd, endedAt);
      if (outcome === 'released') return;
      const amount = attemptCost(task.entry, pools, outcome);
      allCosts += amount;
      const { slots, parts } = task.entry;
      costBound.add(task.entry, (endedAt - startedAt) * slowestOf(pools).speed * slots * parts);
      if (!(task as HistoryTask).isCutOff) collector.spent(amount);
    },
    closed(task, end, at, { firstStartedAt, startedAt, endedAt }) {
      if ((task as HistoryTask).isCutOff) return;
      const { readyAt } = task.entry;
      const waitMs = firstStartedAt === undefined ? Math.max(0, at - readyAt) : firstStartedAt - readyAt;
      collector.task(task as HistoryTask, waitMs, endedAt - startedAt, end, at);
    },
  };

  return {
    observer,
    collector,
    /** What all attempts cost, and at least cost, until the last of them ended. @param pools as they were at best in the window */
    costs(
      pools: readonly BestPool[],
      begin: EpochMs,
    ): { readonly spent: number; readonly bound: number | null; readonly lastEnd: EpochMs } {
      return { spent: allCosts, bound: costBound.bound(pools, Math.max(1, lastEnd - begin)), lastEnd };
    },
  };
}
