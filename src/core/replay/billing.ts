// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
import type { Jobs } from './jobs.ts';
import type { Placement } from './semantics/semantics.ts';

/** What a pool costs and emits. */
export interface PricedPool {
  readonly name: string;
  readonly region: string;
  readonly capacity: number;
  /** USD per slot-hour; by the hour of the trace, or one for all. */
  readonly price: Float64Array | number;
  /** Of one slot. */
  readonly kwPerSlot: number;
  /** g CO2 per kWh by the hour of the trace; `undefined`: nobody knows. */
  readonly carbon: Float64Array | undefined;
}

/** Where jobs come from and what it costs to bring their data to a pool. */
export interface Transfer {
  /** Of jobs that name none; `undefined`: nothing is transferred. */
  readonly homeRegion: string | undefined;
  readonly gbPerJob: number;
  /** @returns USD per GB; 0 within a region */
  readonly usdPerGb: (from: string, to: string) => number;
}

/** What a schedule costs. */
export interface Billing {
  /** USD per slot-hour of a pool in an hour of the trace. */
  readonly priceAt: (pool: number, hour: number) => number;
  /** USD for a job, all in: the price of the hour in which it begins, for its whole run, and the transfer. */
  readonly cost: (job: BilledJob) => number;
  /** g CO2, hour by hour of the run; `undefined` where a pool has no figures. */
  readonly carbonG: ((job: BilledJob) => number) | undefined;
}

export interface BilledJob {
  /** Index of the pool. */
  readonly pool: number;
  /** Seconds since the begin of the trace, which is the begin of the first hour of every table. */
  readonly start: number;
  readonly run: number;
  readonly slots: number;
  readonly home: string | undefined;
}

const hourS = 3_600;

export function createBilling(pools: readonly PricedPool[], transfer: Transfer): Billing {
  const priceAt = (pool: number, hour: number): number => {
    const { price } = pools[pool]!;
    return typeof price === 'number' ? price : atHour(price, hour);
  };
  const cost = ({ pool, start, run, slots, home = transfer.homeRegion }: BilledJob): number => {
    const { region } = pools[pool]!;
    const perHour = priceAt(pool, Math.floor(start / hourS));
    const transferred = home === undefined || transfer.gbPerJob === 0 ? 0 : transfer.gbPerJob * transfer.usdPerGb(home, region);
    return slots * (run / hourS) * perHour + transferred;
  };
  const carbonG = ({ pool, start, run, slots }: BilledJob): number => {
    const { carbon, kwPerSlot } = pools[pool]!;
    return slots * kwPerSlot * overHours(carbon!, start, run);
  };
  return { priceAt, cost, carbonG: pools.every(({ carbon }) => carbon !== undefined) ? carbonG : undefined };
}

/** Sum over the hours of a run of the figure of the hour × the part of it that the run takes. */
function overHours(figures: Float64Array, start: number, run: number): number {
  let sum = 0;
  for (let hour = Math.floor(start / hourS); hour * hourS < start + run; hour++) {
    const seconds = Math.min(start + run, (hour + 1) * hourS) - Math.max(start, hour * hourS);
    sum += atHour(figures, hour) * (seconds / hourS);
  }
  return sum;
}

/** Before its first hour a table ends as it does at its end. */
function atHour(figures: Float64Array, hour: number): number {
  return figures[((hour % figures.length) + figures.length) % figures.length]!;
}

/** What a schedule costs in all, and what it emits. */
export interface Bill {
  readonly cost: number;
  readonly carbonG?: number;
}

export type Biller = (jobs: Jobs, placement: Placement) => Bill;

/** Bills a schedule. @param homeOf region a job comes from, by its id */
export function createBiller(billing: Billing, homeOf: (id: number) => string | undefined): Biller {
  return (jobs, { starts, pools }) => {
    let cost = 0;
    let carbonG = 0;
    for (let row = 0; row < jobs.count; row++) {
      const job = {
        pool: pools?.[row] ?? 0,
        start: starts[row]!,
        run: jobs.run[row]!,
        slots: jobs.processors[row]!,
        home: homeOf(jobs.id[row]!),
      };
      cost += billing.cost(job);
      carbonG += billing.carbonG?.(job) ?? 0;
    }
    return billing.carbonG === undefined ? { cost } : { cost, carbonG };
  };
}

/** A price of 1 per processor-hour. */
export function billAtOne({ count, run, processors }: Jobs): Bill {
  let work = 0;
  for (let row = 0; row < count; row++) work += run[row]! * processors[row]!;
  return { cost: work / hourS };
}
