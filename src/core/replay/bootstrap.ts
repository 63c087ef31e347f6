import { quantile } from './percentiles.ts';
import { createSeededRandom } from './seeded-random.ts';

export interface Interval {
  readonly low: number;
  readonly high: number;
}

const resamples = 2_000;

/**
 * 95 % interval of the mean of a few independent values (one per window), by drawing as many of them with replacement again and again:
 * the percentile bootstrap. `undefined` below two values, which say nothing about their spread.
 * @param seed equal seeds give equal intervals
 * @see Efron, Bootstrap methods: another look at the jackknife, The Annals of Statistics, 1979
 */
export function bootstrapMean(values: readonly number[], seed: number): Interval | undefined {
  if (values.length < 2) return undefined;
  const random = createSeededRandom(`bootstrap ${seed}`);
  const means = Float64Array.from({ length: resamples }, () => {
    let sum = 0;
    for (let i = 0; i < values.length; i++) sum += values[Math.floor(random.next() * values.length)] ?? 0;
    return sum / values.length;
  }).sort();
  return { low: quantile(means, 0.025) ?? 0, high: quantile(means, 0.975) ?? 0 };
}
