import type { Ms } from '../../domain/units.ts';
import type { Belief, Known } from './arms.ts';
import { betaDraw, gammaDraw, normalDraw } from './draws.ts';

/** How much a belief without runs weighs, in runs, and how wide it is. */
const prior = { weight: 1, shape: 2, scale: 0.5 } as const;

// What was seen of runs, each counting less the longer ago it was.
const failures = 0;
const successes = 1;
/** Over the successes, of the logarithm of run time in ms. */
const sum = 2;
/** Of squares of that. */
const squares = 3;

export const runCounts: Belief = { size: 4, weight: (known) => at(known, failures) + at(known, successes) };

/** One run. @param logMs logarithm of its time in ms; of a run that failed it does not count */
export function seenRun(succeeded: boolean, logMs: number): Known {
  return succeeded ? [0, 1, logMs, logMs * logMs] : [1, 0, 0, 0];
}

/** Share of runs that fail: the mean of Beta(1 + failures, 1 + successes). */
export function meanFailure(known: Known): number {
  return (1 + at(known, failures)) / (2 + at(known, failures) + at(known, successes));
}

/** Drawn from that distribution: Thompson sampling. @see Chapelle and Li, "An empirical evaluation of Thompson sampling", NIPS 2011 */
export function drawFailure(known: Known, random: () => number): number {
  return betaDraw(1 + at(known, failures), 1 + at(known, successes), random);
}

/** Run time to expect. @param expected what it is before anything was seen, > 0 */
export function meanRunMs(known: Known, expected: Ms): Ms {
  return Math.exp((prior.weight * Math.log(expected) + at(known, sum)) / (prior.weight + at(known, successes)));
}

/**
 * Drawn: run times are taken for log-normal, the variance comes from an inverse gamma distribution, the mean from a normal one around it
 * (normal-inverse-gamma, conjugate to the normal).
 */
export function drawRunMs(known: Known, expected: Ms, random: () => number): Ms {
  const n = at(known, successes);
  const weight = prior.weight + n;
  const mean = n === 0 ? 0 : at(known, sum) / n;
  const spread =
    Math.max(0, at(known, squares) - n * mean * mean) / 2 + (prior.weight * n * (mean - Math.log(expected)) ** 2) / (2 * weight);
  const variance = (prior.scale + spread) / gammaDraw(prior.shape + n / 2, random);
  return meanRunMs(known, expected) * Math.exp(normalDraw(random) * Math.sqrt(variance / weight));
}

/** In range by construction. */
function at(known: Known, number: number): number {
  return known[number] ?? 0;
}
