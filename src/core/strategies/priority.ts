import { homeThenAny } from './orderings.ts';
import { defineStrategy, type PlaceRule } from './strategy.ts';

/** By priority: 7 and more, 4 to 6, less. The original TaskRouterX's choices. */
const rules: readonly PlaceRule[] = [
  { measures: { name: 'price', unit: 'per unit of work' }, base: (pool) => pool.costPerUnit, pick: 'first-fit' },
  {
    measures: { name: 'price', unit: 'per unit of work' },
    base: (pool) => pool.costPerUnit,
    tie: (pool) => -pool.capacity,
    pick: 'first-fit',
  },
  { measures: { name: 'free', unit: 'slots' }, base: () => 0, pick: 'most-free' },
];

/**
 * Aging is linear, so two tasks that wait keep their order and the key never changes: -priority + aging x ready time. It has no cap:
 * with one, old work of low priority would starve again.
 */
export const priority = defineStrategy({
  name: 'priority',
  version: 1,
  summary: 'larger priority first, with aging',
  description:
    'Tasks with larger priority run first, and every minute of waiting counts like `aging_per_min` points more. Priority 7 and above takes the cheapest pool with room, 4 to 6 the cheapest and of these the largest, below 4 the one with the most free slots; the home region first, then anywhere.',
  complexity: 'static',
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
    order: { class: 'static', key: (task) => -task.priority + (agingPerMin * task.since) / 60_000 },
    place: { rings: homeThenAny, rules, rule: (task) => (task.priority >= 7 ? 0 : task.priority >= 4 ? 1 : 2) },
  }),
});
