import type { EpochMs, Ms } from './units.ts';

/** How many submits may come: so many per second on average, and so many at once. */
export interface Rate {
  /** > 0. */
  readonly perSecond: number;
  /** >= 1. */
  readonly burst: number;
}

/** What is left of a limit that submits meet at the door. */
export interface LimitState {
  /** `tenant` and `type` are rates, `tenant-waiting` and `type-waiting` places in the queue. */
  readonly name: string;
  readonly quota: number;
  /** Of a rate: seconds in which the quota comes back. */
  readonly windowS?: number;
  readonly left: number;
  /** Of a rate: seconds until all of it is there again. */
  readonly resetS?: number;
}

export const spendWindows = ['hour', 'day', 'month'] as const;
export type SpendWindow = (typeof spendWindows)[number];

/** Money a tenant may spend in one window; what runs counts with its estimate until it has ended. */
export interface SpendLimit {
  /** >= 0. */
  readonly limit: number;
  readonly window: SpendWindow;
}

export const hourMs: Ms = 3_600_000;
const dayMs: Ms = 24 * hourMs;

/** Start of the UTC hour that `at` lies in. */
export function hourOf(at: EpochMs): EpochMs {
  return at - (at % hourMs);
}

/** The fixed window in UTC that `at` lies in: `from` included, `until` not. Every window begins and ends with an hour. */
export function spendWindowOf(window: SpendWindow, at: EpochMs): { readonly from: EpochMs; readonly until: EpochMs } {
  if (window === 'hour') return { from: hourOf(at), until: hourOf(at) + hourMs };
  if (window === 'day') return { from: at - (at % dayMs), until: at - (at % dayMs) + dayMs };
  const day = new Date(at);
  const [year, month] = [day.getUTCFullYear(), day.getUTCMonth()];
  return { from: Date.UTC(year, month), until: Date.UTC(year, month + 1) };
}
