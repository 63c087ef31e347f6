import { definePlace } from './definition.ts';
import { homeThenAny } from './orderings.ts';
import type { PlaceRule } from './strategy.ts';

/** By priority: 7 and more, 4 to 6, less. The original TaskRouterX's choices. */
const rules: readonly PlaceRule[] = [
  { measures: { name: 'price', unit: 'per unit of work' }, base: (pool) => pool.costPerUnit, pick: 'first-fit' },
  {
    measures: { name: 'price', unit: 'per unit of work' },
    base: (pool) => pool.costPerUnit,
    tie: (pool) => -pool.capacity,
    pick: 'first-fit',
  },
  { measures: { name: 'catalogue', unit: 'place in the catalogue' }, base: () => 0, pick: 'most-free' },
];

export const byPriority = definePlace({
  name: 'by_priority',
  version: 1,
  summary: 'urgent work to cheap pools, the rest to empty ones',
  description:
    'Priority 7 and above takes the cheapest pool with room, 4 to 6 the cheapest and of these the largest, below 4 the one with the most free slots; the home region first, then anywhere.',
  parameters: {},
  create: () => ({
    place: { rings: homeThenAny, rules, rule: (task) => (task.priority >= 7 ? 0 : task.priority >= 4 ? 1 : 2) },
  }),
});
