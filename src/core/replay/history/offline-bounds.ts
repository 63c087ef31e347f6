// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
import type { TaskEntry } from '../../domain/task.ts';
import type { EpochMs, Ms } from '../../domain/units.ts';
import { solveTransportation } from '../../optimise/min-cost-flow.ts';
import type { PoolEntry } from '../../scheduling/core.ts';
import { couldRun, createClassNumbers } from './can-run.ts';
import type { HistoryTask } from './tasks-of-record.ts';

/** The best a pool was in the window, in each respect by itself: a bound may flatter. */
export interface BestPool {
  readonly pool: PoolEntry;
  readonly costPerUnit: number;
  /** Slots by speed. */
  readonly throughput: number;
}

/** Pools as they come and change. */
export function createBestPools() {
  const best = new Map<number, BestPool>();
  return {
    see(pool: PoolEntry): void {
      const { id, costPerUnit, capacity, speed, state } = pool;
      if (state === 'paused' && !best.has(id)) return;
      const known = best.get(id);
      best.set(id, {
        pool,
        costPerUnit: Math.min(costPerUnit, known?.costPerUnit ?? Number.POSITIVE_INFINITY),
        throughput: Math.max(capacity * speed, known?.throughput ?? 0),
      });
    },
    all: (): readonly BestPool[] => [...best.values()],
  };
}

const never = Number.POSITIVE_INFINITY;

/** Attempts alike: the same pools could run them, and what they cost by their work differs by less than a tenth. */
interface Bucket {
  readonly entry: TaskEntry;
  units: number;
  workMs: Ms;
  /** Least units by work. */
  leastRatio: number;
}

const ratioSteps = 8;
/** No ratio that floating point holds is as many steps from 1, but 0: it is taken for the least. */
const mostSteps = 32_767;
/** Work is rounded to this part of all of it. */
const shares = 1_000_000;
const micros = 1e6;
/** Of buckets and pools that are solved exactly; beyond it the bound is that every attempt finds its cheapest pool. */
const mostPairs = 500_000;

/** Gathers what ran, to say what it could have cost at best. */
export function createCostBound() {
  const buckets = new Map<number, Bucket>();
  const classNumber = createClassNumbers();
  return {
    /** An attempt. @param workMs slot-milliseconds at speed 1 */
    add(entry: TaskEntry, workMs: Ms): void {
      const work = Math.max(1, workMs);
      const ratio = entry.cost / work;
      const step = Math.max(-mostSteps, Math.floor(Math.log2(ratio) * ratioSteps));
      const key = classNumber(entry) * 2 * (mostSteps + 1) + step;
      const bucket = buckets.get(key);
      if (bucket === undefined) {
        buckets.set(key, { entry, units: entry.cost, workMs: work, leastRatio: ratio });
        return;
      }
      bucket.units += entry.cost;
      bucket.workMs += work;
      bucket.leastRatio = Math.min(bucket.leastRatio, ratio);
    },
    /**
     * No placement of these attempts that is done within `horizonMs` costs less, by min-cost flow of work to pools: each pool at its best price, with
     * all its slots all the time. Valid for every order and every strategy; it ignores slots, prices that tasks cap, and when tasks came.
     */
    bound(pools: readonly BestPool[], horizonMs: Ms): number | null {
      const all = [...buckets.values()];
      const totalWork = all.reduce((sum, { workMs }) => sum + workMs, 0);
      if (totalWork === 0) return 0;
      const unit = totalWork / shares;
      let base = 0;
      const rows = all.map(({ entry, units, workMs, leastRatio }) => {
        const prices = pools.map((each) => (couldRun(entry, each.pool) ? each.costPerUnit : Number.POSITIVE_INFINITY));
        const cheapest = Math.min(...prices);
        if (cheapest !== Number.POSITIVE_INFINITY) base += units * cheapest;
        // The cheapest pool's price is paid for every unit; what is dearer adds its premium for the work that goes there.
        const premiums = prices.map((price) =>
          price === Number.POSITIVE_INFINITY ? price : Math.floor(leastRatio * unit * (price - cheapest) * micros),
        );
        return { supply: Math.floor(workMs / unit), premiums };
      });
      if (all.length * pools.length > mostPairs) return base;
      const capacity = pools.map(({ throughput }) => Math.min(2 * shares, Math.ceil((throughput * horizonMs) / unit)));
      const dearest = Math.max(1, ...rows.flatMap(({ premiums }) => premiums.filter(Number.isFinite)));
      const { cost, flow } = solveTransportation({
        ...{ supply: rows.map(({ supply }) => supply), capacity, cost: rows.flatMap(({ premiums }) => premiums) },
        stay: rows.map(() => dearest + 1),
      });
      const stayed = rows.reduce(
        (sum, { supply }, row) => sum + supply - sumOf(flow.subarray(row * pools.length, (row + 1) * pools.length)),
        0,
      );
      return base + Math.max(0, cost - stayed * (dearest + 1)) / micros;
    },
  };
}

/** A step this long is as good as every moment: the bound is that of the work from its begin on. */
const stepMs: Ms = 60_000;

/** Gathers work in the order in which it came, to say when all of it could have been done at best. */
export function createTimeBound() {
  let first: EpochMs | undefined;
  let work: Ms = 0;
  const steps: { readonly at: EpochMs; readonly before: Ms }[] = [];
  return {
    /** A task that nothing will stop: what may be cut short bounds nothing. */
    add({ entry: { slots, parts }, runs, cancelAt, expireAt, recorded }: HistoryTask): void {
      first ??= recorded.enqueuedAt;
      if (cancelAt !== never || expireAt !== never || runs.some(({ outcome }) => outcome === 'timed_out')) return;
      const last = steps.at(-1);
      if (last === undefined || recorded.enqueuedAt - last.at >= stepMs) steps.push({ at: recorded.enqueuedAt, before: work });
      work += runs.reduce((sum, { workMs }) => sum + workMs, 0) * slots * parts;
    },
    /**
     * No schedule is done sooner, in ms from when the first came: what comes from a moment on cannot be done before that moment and its work over all
     * slots. Waits have no bound worth showing: what relaxations give is nearly 0.
     * @param throughput slots by speed of all pools
     */
    bound: (throughput: number): Ms | null => {
      if (first === undefined || throughput <= 0) return null;
      return steps.reduce((most, { at, before }) => Math.max(most, at + (work - before) / throughput), first) - first;
    },
  };
}

function sumOf(values: Int32Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum;
}
