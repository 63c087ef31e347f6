import { definePlace } from './definition.ts';
import { homeThenAny } from './orderings.ts';

export const minCost = definePlace({
  name: 'min_cost',
  version: 1,
  summary: 'the cheapest pool with room, home region first',
  description:
    'Each task takes the cheapest pool with room in its region; when the region is full, the cheapest with room anywhere. A cheaper pool elsewhere does not win while the own region has room.',
  parameters: {},
  create: () => ({
    place: {
      rings: homeThenAny,
      rules: [{ measures: { name: 'price', unit: 'per unit of work' }, base: (pool) => pool.costPerUnit, pick: 'first-fit' }],
    },
  }),
});
