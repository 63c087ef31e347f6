/** One quantile of both measures; `null` without jobs. */
export interface Percentiles {
  readonly waitS: number | null;
  readonly boundedSlowdown: number | null;
}

/** p50, p95 and p99. */
export function percentilesOf(waits: Float64Array, slowdowns: Float64Array): Record<'p50' | 'p95' | 'p99', Percentiles> {
  const sortedWaits = waits.toSorted();
  const sortedSlowdowns = slowdowns.toSorted();
  const at = (q: number) => ({ waitS: quantile(sortedWaits, q), boundedSlowdown: quantile(sortedSlowdowns, q) });
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}

/**
 * The quantile `q` (0 to 1) with h = (N - 1) q and a straight line between the neighbours: type 7 of Hyndman and Fan (The American
 * Statistician, 1996), which numpy and R use.
 * @param sorted ascending
 */
export function quantile(sorted: ArrayLike<number>, q: number): number | null {
  if (sorted.length === 0) return null;
  const h = (sorted.length - 1) * q;
  const below = Math.floor(h);
  const low = sorted[below] ?? 0; // h is inside the array
  const high = sorted[below + 1] ?? low;
  return low + (h - below) * (high - low);
}
