import { definePlace } from './definition.ts';
import { homeThenAny } from './orderings.ts';

export const firstFit = definePlace({
  name: 'first_fit',
  version: 1,
  summary: 'the first pool with room, home region first',
  description:
    'Each task takes the first pool with room in its region, in catalogue order; when the region is full, the first with room anywhere.',
  parameters: {},
  create: () => ({
    place: {
      rings: homeThenAny,
      rules: [{ measures: { name: 'catalogue', unit: 'place in the catalogue' }, base: () => 0, pick: 'first-fit' }],
    },
  }),
});
