export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/**
 * @param share 0-1; the value below which that share of `values` lies, between neighbours linearly (type 7 of Hyndman and Fan 1996)
 */
export function quantile(values: readonly number[], share: number): number {
  const sorted = Float64Array.from(values).sort();
  const at = (sorted.length - 1) * share;
  const below = sorted[Math.floor(at)] ?? Number.NaN;
  const above = sorted[Math.ceil(at)] ?? Number.NaN;
  return below + (above - below) * (at - Math.floor(at));
}
