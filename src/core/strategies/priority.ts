import { defineOrder } from './definition.ts';
import type { NewerWork } from './strategy.ts';

const mostPriority = 10;

/**
 * Aging is linear, so two tasks that wait keep their order and the key never changes: -priority + aging x ready time. It has no cap:
 * with one, old work of low priority would starve again.
 */
export const priority = defineOrder({
  name: 'priority',
  version: 1,
  summary: 'larger priority first, with aging',
  description:
    'Tasks with larger priority run first, and every minute of waiting counts like `aging_per_min` points more. By default urgent work takes cheap pools and the rest empty ones, as the original did.',
  complexity: 'static',
  place: 'by_priority',
  parameters: {
    aging_per_min: {
      default: 1,
      minimum: 0,
      maximum: 1_000,
      description:
        'Points of priority a task gains per minute of waiting. A task of priority p waits at most (10 - p) / aging_per_min minutes behind newer work; 0 is strict priority.',
    },
  },
  create: ({ aging_per_min: agingPerMin }) => ({
    class: 'static',
    key: (task) => -task.priority + (agingPerMin * task.since) / 60_000,
    newer: newerWork(agingPerMin),
  }),
});

/** A task is passed as long as something of the largest priority would be ahead of it by less than it has aged. */
function newerWork(agingPerMin: number): NewerWork {
  return {
    by: 'priority',
    promise:
      agingPerMin === 0
        ? `Work of a larger priority always goes first, however long others wait; nothing newer goes before priority ${mostPriority}.`
        : `What gets ready more than (${mostPriority} − p) / ${agingPerMin} minutes after a task of priority p never comes before it in the order.`,
    until: ({ priority: own, since }) => (own === mostPriority ? since : since + ((mostPriority - own) / agingPerMin) * 60_000),
  };
}
