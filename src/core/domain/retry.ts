import type { Ms } from './units.ts';

/** Tunables of the back-off between attempts. */
export interface RetryPolicy {
  /** Delay before the second attempt, before jitter. */
  readonly baseMs: Ms;
  /** No delay is longer than this before jitter. */
  readonly maxMs: Ms;
}

export const defaultRetryPolicy: RetryPolicy = { baseMs: 2_000, maxMs: 3_600_000 };

/**
 * Delay after failed attempt `attempt`, in whole milliseconds: `min(max, base * 2^(attempt - 1))` times a factor in [0.5, 1.5).
 * The jitter keeps tasks that failed together from coming back together.
 * @param attempt number of the attempt that failed, from 1
 * @param random uniform in [0, 1)
 * @see https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export function backoffMs(attempt: number, random: number, policy: RetryPolicy = defaultRetryPolicy): Ms {
  const capped = Math.min(policy.maxMs, policy.baseMs * 2 ** (attempt - 1));
  return Math.round(capped * (0.5 + random));
}
