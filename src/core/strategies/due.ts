import type { Ms } from '../domain/units.ts';
import type { NumberParameter } from './definition.ts';
import type { NewerWork, StaticOrder, TaskView } from './strategy.ts';

/** When a task that has no deadline counts as due. */
export const horizon = {
  default: 3_600,
  minimum: 1,
  maximum: 31_536_000,
  description: 'A task without a deadline counts as due this many seconds after it was ready.',
} as const satisfies NumberParameter;

/**
 * Order by when a task is due, less `lead`. A task that cannot meet its deadline any more would only make others late as well (the domino of
 * overload), so from then on it counts as due a horizon later.
 */
export function byDue(horizonMs: Ms, lead: (task: TaskView) => Ms, newer?: NewerWork): StaticOrder {
  const hasDeadline = (task: TaskView) => task.deadline !== Number.POSITIVE_INFINITY;
  const due = (task: TaskView) => (hasDeadline(task) ? task.deadline : task.since + horizonMs);
  return {
    class: 'static',
    key: (task) => due(task) - lead(task),
    ...(newer && { newer }),
    late: {
      after: (task) => task.deadline - task.estimateMs,
      key: (task) => due(task) - lead(task) + (hasDeadline(task) ? horizonMs : 0),
    },
  };
}
