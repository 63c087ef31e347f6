import type { Difference, Differences, Figures } from '../../domain/replay.ts';
import { bootstrapMean, type Interval } from '../bootstrap.ts';
import type { FigureCollector } from './card-collector.ts';

interface Told {
  readonly figures: Figures;
  readonly collector: FigureCollector;
}

/** A strategy against what really decided, both replayed: what the model gets wrong drops out. */
export function differencesOf(base: Told, other: Told, seed: number): Differences {
  const [ours, theirs] = [other.collector.sliceMeans(), base.collector.sliceMeans()];
  const paired = ours.flatMap((mean, i) => {
    const against = theirs[i] ?? null;
    return mean === null || against === null ? [] : [mean - against];
  });
  return {
    meanWait: difference(base.figures.wait.mean, other.figures.wait.mean, bootstrapMean(paired, seed)),
    p95Wait: difference(base.figures.wait.p95, other.figures.wait.p95),
    cost: difference(base.figures.cost, other.figures.cost),
  };
}

function difference(base: number | null, value: number | null, interval?: Interval): Difference {
  const absolute = base === null || value === null ? null : value - base;
  return {
    absolute,
    relative: absolute === null || base === null || base === 0 ? null : absolute / base,
    interval: interval ?? null,
    verdict: interval === undefined ? null : interval.high < 0 ? 'better' : interval.low > 0 ? 'worse' : null,
  };
}
