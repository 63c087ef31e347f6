import type { Ms } from '../../domain/units.ts';
import type { Belief } from './arms.ts';
import { betaDraw, gammaDraw, normalDraw } from './draws.ts';

/** How much a belief without runs weighs, in runs, and how wide it is. */
const prior = { weight: 1, shape: 2, scale: 0.5 } as const;

/** What was seen of runs, each counting less the longer ago it was. */
export interface RunCounts {
  failures: number;
  successes: number;
  /** Of the logarithm of run time in ms: the sum and the sum of squares over the successes. */
  sum: number;
  squares: number;
}

export const runCounts: Belief<RunCounts> = {
  nothing: { failures: 0, successes: 0, sum: 0, squares: 0 },
  weight: ({ failures, successes }) => failures + successes,
  plus: (a, b, factor) => ({
    failures: a.failures + factor * b.failures,
    successes: a.successes + factor * b.successes,
    sum: a.sum + factor * b.sum,
    squares: a.squares + factor * b.squares,
  }),
  fade(b, factor) {
    b.failures *= factor;
    b.successes *= factor;
    b.sum *= factor;
    b.squares *= factor;
  },
  add(a, b) {
    a.failures += b.failures;
    a.successes += b.successes;
    a.sum += b.sum;
    a.squares += b.squares;
  },
};

/** One run. @param logMs logarithm of its time in ms; of a run that failed it does not count */
export function seenRun(succeeded: boolean, logMs: number): RunCounts {
  if (!succeeded) return { failures: 1, successes: 0, sum: 0, squares: 0 };
  return { failures: 0, successes: 1, sum: logMs, squares: logMs * logMs };
}

/** Share of runs that fail: the mean of Beta(1 + failures, 1 + successes). */
export function meanFailure({ failures, successes }: RunCounts): number {
  return (1 + failures) / (2 + failures + successes);
}

/** Drawn from that distribution: Thompson sampling. @see Chapelle and Li, "An empirical evaluation of Thompson sampling", NIPS 2011 */
export function drawFailure({ failures, successes }: RunCounts, random: () => number): number {
  return betaDraw(1 + failures, 1 + successes, random);
}

/** Run time to expect. @param expected what it is before anything was seen, > 0 */
export function meanRunMs({ successes, sum }: RunCounts, expected: Ms): Ms {
  return Math.exp((prior.weight * Math.log(expected) + sum) / (prior.weight + successes));
}

/**
 * Drawn: run times are taken for log-normal, the variance comes from an inverse gamma distribution, the mean from a normal one around it
 * (normal-inverse-gamma, conjugate to the normal).
 */
export function drawRunMs(counts: RunCounts, expected: Ms, random: () => number): Ms {
  const { successes: n, sum, squares } = counts;
  const weight = prior.weight + n;
  const mean = n === 0 ? 0 : sum / n;
  const spread = Math.max(0, squares - n * mean * mean) / 2 + (prior.weight * n * (mean - Math.log(expected)) ** 2) / (2 * weight);
  const variance = (prior.scale + spread) / gammaDraw(prior.shape + n / 2, random);
  return meanRunMs(counts, expected) * Math.exp(normalDraw(random) * Math.sqrt(variance / weight));
}
