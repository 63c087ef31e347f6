import type { Ms } from '../domain/units.ts';
import type { NumberParameter } from './definition.ts';
import type { SlopeOrder, TaskView } from './strategy.ts';

/** Tasks of one shape whose estimates differ by less than this factor keep their order. */
const bucketFactor = 1.25;

/** How often the ranks of waiting tasks are taken anew. */
export const refresh = {
  default: 1_000,
  minimum: 0,
  maximum: 600_000,
  integer: true,
  description: 'Ranks are those of the last multiple of this, in ms; 0 ranks anew at every decision.',
} as const satisfies NumberParameter;

/**
 * Order by a score that grows with the time waited, by how much depends on the estimate and the slots alone. So tasks of one shape with
 * about the same estimate never overtake each other.
 * @param scoreOf larger runs first
 */
export function byScore(refreshMs: Ms, scoreOf: (task: TaskView, waitedMs: Ms, workRatio: number) => number): SlopeOrder {
  return {
    class: 'slope',
    bucket: (task) => Math.floor(Math.log(task.estimateMs) / Math.log(bucketFactor)),
    rank: (task, waitedMs, workRatio) => -scoreOf(task, waitedMs, workRatio),
    refreshMs,
  };
}
