/**
 * The start, in steps from now, with the least carbon over a run of `length` steps; the earliest of equal ones. A run that would go past the
 * end of the forecast is not tried.
 * @param grams by step, from now on
 * @param latest start that is allowed
 * @returns the step and the sums there and now; `undefined` when the forecast is shorter than the run.
 */
export function leastCarbonStart(
  grams: readonly number[],
  length: number,
  latest: number,
): { readonly step: number; readonly sum: number; readonly sumNow: number } | undefined {
  if (length < 1 || grams.length < length) return undefined;
  let sum = 0;
  for (let i = 0; i < length; i++) sum += grams[i] ?? 0;
  const sumNow = sum;
  let best = { step: 0, sum };
  for (let step = 1; step <= Math.min(latest, grams.length - length); step++) {
    sum += (grams[step + length - 1] ?? 0) - (grams[step - 1] ?? 0);
    if (sum < best.sum) best = { step, sum };
  }
  return { ...best, sumNow };
}
