import { definePlace } from './definition.ts';
import { allZero, shareOf, weight } from './shares.ts';
import type { Catalogue, PoolView, Term } from './strategy.ts';

/** Pools rescored with their load, counted from the best by distance and price. */
const rescored = 8;

/** Distance, price and load, each as a share of the largest there is, so that the weights compare. */
export const regionAware = definePlace({
  name: 'region_aware',
  version: 1,
  summary: 'the home region, then the nearest',
  description:
    'Each task waits for its home region up to `spill_after_ms`, then may go anywhere. Among the pools with room the least weighted sum of distance (round trip from home), price and load wins; the eight best by distance and price are compared.',
  parameters: {
    spill_after_ms: {
      default: 5_000,
      minimum: 0,
      maximum: 86_400_000,
      integer: true,
      description: 'How long a task waits for room in its home region before it may run elsewhere, in ms.',
    },
    distance_weight: weight(1, 'Weight of the round trip, as a share of the largest between any two regions.'),
    price_weight: weight(0.25, 'Weight of the price, as a share of the dearest pool.'),
    load_weight: weight(0.25, 'Weight of the load, as a share of the capacity.'),
  },
  refuse: ({ spill_after_ms: _spill, ...weights }) => allZero(weights),
  create(params) {
    const distance = (home: number, pool: PoolView, { latencyMs, largestLatencyMs }: Catalogue) =>
      shareOf(latencyMs(home, pool.region), largestLatencyMs);
    const price = (pool: PoolView, { dearestPrice }: Catalogue) => shareOf(pool.costPerUnit, dearestPrice);
    const terms: readonly Term[] = [
      {
        name: 'distance',
        unit: 'share of the largest latency',
        weight: params.distance_weight,
        value: (task, pool, facts) => distance(task.region, pool, facts),
      },
      { name: 'price', unit: 'share of the dearest price', weight: params.price_weight, value: (_task, pool, facts) => price(pool, facts) },
      {
        name: 'load',
        unit: 'share of the capacity',
        weight: params.load_weight,
        value: (_task, pool) => shareOf(pool.capacity - pool.free, pool.capacity),
      },
    ];
    return {
      place: {
        rings: [{ within: 'home' }, { within: 'any', openAfterMs: params.spill_after_ms }],
        rules: [
          {
            measures: { name: 'distance and price', unit: 'weighted shares' },
            base: (pool, home, catalogue) =>
              params.distance_weight * distance(home, pool, catalogue) + params.price_weight * price(pool, catalogue),
            byHome: true,
            pick: { best: rescored },
            terms,
          },
        ],
      },
    };
  },
});
