import { byArrival, homeThenAny } from './orderings.ts';
import { defineStrategy } from './strategy.ts';

export const minCost = defineStrategy({
  name: 'min_cost',
  version: 1,
  summary: 'the cheapest pool with room, home region first',
  description:
    'Tasks run in the order they were accepted. Each takes the cheapest pool with room in its region; when the region is full, the cheapest with room anywhere. A cheaper pool elsewhere does not win while the own region has room.',
  complexity: 'static',
  parameters: {},
  create: () => ({
    order: byArrival,
    place: {
      rings: homeThenAny,
      rules: [{ measures: { name: 'price', unit: 'per unit of work' }, base: (pool) => pool.costPerUnit, pick: 'first-fit' }],
    },
  }),
});
