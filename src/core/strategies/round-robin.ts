import { definePlace } from './definition.ts';
import { reach, ringsFor } from './reach.ts';

/** The smooth kind of turns. @see nginx 1.3.1, "Upstream: smooth weighted round-robin balancing" */
export const roundRobin = definePlace({
  name: 'round_robin',
  version: 1,
  summary: 'pools in turns, larger ones more often',
  description:
    'Pools with room take turns, each as often as its weight says and spread evenly: weights 5, 1, 1 give a a b a c a a. A full pool is passed over and keeps at most one turn. Tasks of one size that may use the same pools take turns together.',
  parameters: {
    weights: {
      default: 'capacity',
      words: ['capacity', 'equal'],
      description: 'capacity gives a pool of twice the size twice the turns; equal gives every pool the same.',
    },
    reach,
  },
  create: (params) => ({
    place: {
      rings: ringsFor(params.reach),
      rules: [
        {
          measures: { name: 'catalogue', unit: 'place in the catalogue' },
          base: () => 0,
          pick: 'rotate',
          ...(params.weights === 'equal' ? { weight: () => 1 } : {}),
        },
      ],
    },
  }),
});
