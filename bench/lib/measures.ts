import type { Metric } from '../metric.ts';
import type { Rounds, Sample } from './rounds.ts';
import { median } from './statistics.ts';

/** A metric with its spread over the rounds, for the table. */
export interface Measure extends Metric {
  readonly low: number;
  readonly high: number;
  readonly ratioLow: number | null;
  readonly ratioHigh: number | null;
}

/** Unit of each metric a bench gives. */
export type Units = Readonly<Record<string, string>>;

/**
 * One line for each metric of `ours` and each baseline that has it too. The ratio is the median of the ratios within the rounds, not the
 * ratio of the medians: neighbours in time met the same noise.
 */
export function measuresOf(bench: string, rounds: Rounds, ours: string, units: Units): readonly Measure[] {
  const own = rounds.get(ours) ?? [];
  return Object.entries(units).flatMap(([metric, unit]): readonly Measure[] => {
    const values = valuesOf(own, metric);
    if (values.length === 0) return [];
    const line = { bench, metric, unit, value: median(values), low: Math.min(...values), high: Math.max(...values) };
    const against = [...rounds].filter(([name, samples]) => name !== ours && valuesOf(samples, metric).length > 0);
    if (against.length === 0) return [{ ...line, baseline: null, baseline_value: null, ratio: null, ratioLow: null, ratioHigh: null }];
    return against.map(([baseline, samples]) => {
      const theirs = valuesOf(samples, metric);
      const ratios = values.map((value, i) => value / (theirs[i] ?? Number.NaN));
      return {
        ...line,
        baseline,
        baseline_value: median(theirs),
        ratio: median(ratios),
        ratioLow: Math.min(...ratios),
        ratioHigh: Math.max(...ratios),
      };
    });
  });
}

function valuesOf(samples: readonly Sample[], metric: string): readonly number[] {
  return samples.map((sample) => sample[metric]).filter((value) => value !== undefined);
}

/** Medians and spread of metrics that were measured several times, ratio included. Every run gives the same metrics in the same order. */
export function combine(runs: readonly (readonly Metric[])[]): readonly Measure[] {
  return (runs[0] ?? []).map((first, i) => {
    const all = runs.map((run) => run[i] ?? first);
    const values = all.map((one) => one.value);
    const ratios = all.flatMap(({ ratio }) => (ratio === null ? [] : [ratio]));
    const theirs = all.flatMap(({ baseline_value }) => (baseline_value === null ? [] : [baseline_value]));
    return {
      ...first,
      value: median(values),
      low: Math.min(...values),
      high: Math.max(...values),
      baseline_value: theirs.length === 0 ? null : median(theirs),
      ratio: ratios.length === 0 ? null : median(ratios),
      ratioLow: ratios.length === 0 ? null : Math.min(...ratios),
      ratioHigh: ratios.length === 0 ? null : Math.max(...ratios),
    };
  });
}
