import { definePlace } from './definition.ts';
import { reach, ringsFor } from './reach.ts';

export const leastLoaded = definePlace({
  name: 'least_loaded',
  version: 1,
  summary: 'the pool with the largest share of free slots',
  description:
    'Each task takes the pool whose share of free slots is largest, so pools of different sizes fill evenly. A new, empty pool gets everything until it has caught up.',
  parameters: { reach },
  create: (params) => ({
    place: {
      rings: ringsFor(params.reach),
      rules: [{ measures: { name: 'catalogue', unit: 'place in the catalogue' }, base: () => 0, pick: 'least-loaded' }],
    },
  }),
});
