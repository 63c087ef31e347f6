import { byArrival, homeThenAny } from './orderings.ts';
import { defineStrategy } from './strategy.ts';

export const fifo = defineStrategy({
  name: 'fifo',
  version: 1,
  summary: 'first come, first served',
  description:
    'Tasks run in the order they were accepted. Each takes the first pool with room in its region, in catalogue order; when the region is full, the first with room anywhere.',
  complexity: 'static',
  parameters: {},
  create: () => ({
    order: byArrival,
    place: {
      rings: homeThenAny,
      rules: [{ measures: { name: 'catalogue', unit: 'place in the catalogue' }, base: () => 0, pick: 'first-fit' }],
    },
  }),
});
