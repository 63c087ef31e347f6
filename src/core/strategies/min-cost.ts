import { definePlace } from './definition.ts';
import { expectedCostTerms, gbPerUnit, unitPrice } from './expected-cost.ts';
import { reach, ringsFor } from './reach.ts';
import type { PlaceRule } from './strategy.ts';

/** Pools compared by expected cost, counted from the cheapest by price and transfer. */
const rescored = 8;

const cheapest: PlaceRule = { measures: { name: 'price', unit: 'per unit of work' }, base: (pool) => pool.costPerUnit, pick: 'first-fit' };

export const minCost = definePlace({
  name: 'min_cost',
  version: 1,
  summary: 'the cheapest pool with room, home region first',
  description:
    'Each task takes the cheapest pool with room in its region; when the region is full, the cheapest with room anywhere. A cheaper pool elsewhere does not win while the own region has room, unless `reach` says so. With `mode` expected it counts what a task really costs: the price, attempts that fail and are paid too, moving the data; then the eight cheapest by price and transfer are compared.',
  parameters: {
    mode: {
      default: 'price',
      words: ['price', 'expected'],
      description: 'price takes the least price per unit of work; expected the least price with failures and transfer.',
    },
    reach,
    gb_per_unit: gbPerUnit,
  },
  create: ({ mode, reach: word, gb_per_unit: gb }) => ({
    place: { rings: ringsFor(word), rules: [mode === 'price' ? cheapest : expected(gb)] },
  }),
});

function expected(gb: number): PlaceRule {
  return {
    measures: { name: 'price and transfer', unit: 'per unit of work' },
    base: unitPrice(gb),
    byHome: gb > 0,
    pick: { best: rescored },
    terms: expectedCostTerms(gb),
  };
}
