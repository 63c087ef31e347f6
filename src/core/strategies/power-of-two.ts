import { definePlace } from './definition.ts';
import { reach, ringsFor } from './reach.ts';

/** @see Mitzenmacher, "The Power of Two Choices in Randomized Load Balancing", IEEE TPDS 12(10), 2001. */
export const powerOfTwo = definePlace({
  name: 'power_of_two',
  version: 1,
  summary: 'the less loaded of two pools drawn at random',
  description:
    'Two pools with room are drawn at random, and the task takes the less loaded. Nearly as even as `least_loaded`, and it never sends everything to the one pool that looked best a moment ago, so it is the choice where several routers share the pools.',
  parameters: { reach },
  create: (params) => ({
    place: {
      rings: ringsFor(params.reach),
      rules: [{ measures: { name: 'catalogue', unit: 'place in the catalogue' }, base: () => 0, pick: 'two-choices' }],
    },
  }),
});
