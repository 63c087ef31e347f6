// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
import type { Schedule } from './run-policy.ts';

/** What waited and what ran, averaged over equal steps of time from the first submit to the last end. */
export interface Timeline {
  /** The trace's seconds at the begin of the first step. */
  readonly from: number;
  readonly stepS: number;
  /** Mean jobs waiting in each step. */
  readonly waiting: Float64Array;
  /** Mean processors busy in each step. */
  readonly busy: Float64Array;
}

export function timelineOf({ jobs, starts }: Schedule, steps: number): Timeline {
  const { count, submit, run, processors } = jobs;
  const from = submit.reduce((least, time) => Math.min(least, time), Number.POSITIVE_INFINITY);
  const until = starts.reduce((most, start, row) => Math.max(most, start + run[row]!), from);
  const stepS = (until - from) / steps || 1;
  const waiting = new Float64Array(steps);
  const busy = new Float64Array(steps);
  for (let row = 0; row < count; row++) {
    spread(waiting, (submit[row]! - from) / stepS, (starts[row]! - from) / stepS, 1);
    spread(busy, (starts[row]! - from) / stepS, (starts[row]! + run[row]! - from) / stepS, processors[row]!);
  }
  return { from, stepS, waiting, busy };
}

/** Adds `amount` to every step by the part of it that lies between two times, given in steps. */
function spread(steps: Float64Array, from: number, until: number, amount: number): void {
  const last = Math.min(steps.length - 1, Math.floor(until));
  for (let step = Math.floor(from); step <= last; step++) {
    const part = Math.min(until, step + 1) - Math.max(from, step);
    if (part > 0) steps[step]! += amount * part;
  }
}
