import { bootstrapMean, type Interval } from './bootstrap.ts';
import type { Metrics } from './metrics.ts';
import type { PolicyResult } from './run-policy.ts';

/** The figures that are compared, and what they are over several windows. Of all of them less is better. */
const compared = {
  meanWaitS: { of: ({ meanWaitS }: Metrics) => meanWaitS, over: 'mean' },
  p95WaitS: { of: ({ p95 }: Metrics) => p95.waitS, over: 'mean' },
  maxWaitS: { of: ({ maxWaitS }: Metrics) => maxWaitS, over: 'maximum' },
  meanBoundedSlowdown: { of: ({ meanBoundedSlowdown }: Metrics) => meanBoundedSlowdown, over: 'mean' },
  cost: { of: ({ cost }: Metrics) => cost, over: 'sum' },
} as const;

type ComparedFigure = keyof typeof compared;

/** A policy against the base, figure by figure. */
export type Comparison = Readonly<Record<ComparedFigure, Difference>>;

export interface Difference {
  /** Policy minus base, over the same jobs; `null` where one of them has no figure. */
  readonly absolute: number | null;
  /** By the base; `null` when that is 0. */
  readonly relative: number | null;
  /** 95 % interval over the windows; `undefined` with fewer than two of them, and of a maximum, which is one job's. */
  readonly interval: Interval | undefined;
  /** Said only when the interval leaves 0 out. */
  readonly verdict: 'better' | 'worse' | undefined;
}

/** @param seed of the draws behind the intervals */
export function compareTo(base: PolicyResult, policy: PolicyResult, seed: number): Comparison {
  const difference = (figure: ComparedFigure): Difference => {
    const { of, over } = compared[figure];
    const [ours, theirs] = [of(policy.metrics), of(base.metrics)];
    const absolute = ours === null || theirs === null ? null : ours - theirs;
    const paired = over === 'maximum' ? [] : pairedDifferences(base, policy, of);
    const interval = scaled(bootstrapMean(paired, seed), over === 'sum' ? paired.length : 1);
    return {
      absolute,
      relative: absolute === null || theirs === null || theirs === 0 ? null : absolute / theirs,
      interval,
      verdict: verdictOf(interval),
    };
  };
  return {
    meanWaitS: difference('meanWaitS'),
    p95WaitS: difference('p95WaitS'),
    maxWaitS: difference('maxWaitS'),
    meanBoundedSlowdown: difference('meanBoundedSlowdown'),
    cost: difference('cost'),
  };
}

/** Window by window: what both had to cope with drops out. */
function pairedDifferences(base: PolicyResult, policy: PolicyResult, pick: (metrics: Metrics) => number | null): readonly number[] {
  return policy.windows.flatMap(({ metrics }, i) => {
    const other = base.windows[i];
    const [ours, theirs] = [pick(metrics), other === undefined ? null : pick(other.metrics)];
    return ours === null || theirs === null ? [] : [ours - theirs];
  });
}

function scaled(interval: Interval | undefined, factor: number): Interval | undefined {
  return interval === undefined ? undefined : { low: interval.low * factor, high: interval.high * factor };
}

function verdictOf(interval: Interval | undefined): Difference['verdict'] {
  if (interval === undefined) return undefined;
  if (interval.high < 0) return 'better';
  return interval.low > 0 ? 'worse' : undefined;
}
