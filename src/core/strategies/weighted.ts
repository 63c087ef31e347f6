import { definePlace, type ValuesOf } from './definition.ts';
import { reach, ringsFor } from './reach.ts';
import { allZero, shareOf, weight } from './shares.ts';
import type { Catalogue, PlaceRule, PoolView, Term } from './strategy.ts';

/** Pools compared by all terms, counted from the best by those that do not change while tasks run. */
const rescored = 8;

const parameters = {
  price_weight: weight(1, 'Weight of the price, as a share of the dearest pool.'),
  latency_weight: weight(0.5, 'Weight of the round trip from home, as a share of the largest between any two regions.'),
  load_weight: weight(0.5, 'Weight of the load, as a share of the capacity.'),
  failure_weight: weight(0, 'Weight of the share of attempts that failed there.'),
  egress_weight: weight(0, 'Weight of the price of moving data from home, as a share of the dearest transfer.'),
  carbon_weight: weight(0, 'Weight of the carbon intensity, as a share of the dirtiest pool.'),
  reach: { ...reach, default: 'anywhere' },
} as const;
type Params = ValuesOf<typeof parameters>;

/** What does not change while tasks run, by parameter. */
const lasting: Readonly<Record<string, (pool: PoolView, home: number, catalogue: Catalogue) => number>> = {
  price: (pool, _home, { dearestPrice }) => shareOf(pool.costPerUnit, dearestPrice),
  latency: (pool, home, { latencyMs, largestLatencyMs }) => shareOf(latencyMs(home, pool.region), largestLatencyMs),
  egress: (pool, home, { egressUsdPerGb, dearestEgressUsdPerGb }) => shareOf(egressUsdPerGb(home, pool.region), dearestEgressUsdPerGb),
  carbon: (pool, _home, { dirtiestGramsPerKwh }) => shareOf(pool.carbonGramsPerKwh, dirtiestGramsPerKwh),
};

export const weighted = definePlace({
  name: 'weighted',
  version: 1,
  summary: 'the least weighted sum of price, distance, load and more',
  description:
    'Each task takes the pool with the least weighted sum of price, latency, load, failures, transfer and carbon, each as a share of the largest there is. The eight best by the terms that do not change while tasks run are compared; with at most eight pools with room that is exact.',
  parameters,
  refuse: ({ reach: _reach, ...weights }) => allZero(weights),
  create: (params) => ({ place: { rings: ringsFor(params.reach), rules: [ruleOf(params)] } }),
});

function ruleOf(params: Params): PlaceRule {
  const weights: Readonly<Record<string, number>> = {
    price: params.price_weight,
    latency: params.latency_weight,
    egress: params.egress_weight,
    carbon: params.carbon_weight,
  };
  const counted = Object.entries(lasting).filter(([name]) => weights[name] !== 0);
  const terms: readonly Term[] = [
    ...counted.map(
      ([name, value]): Term => ({
        ...{ name, unit: 'share of the largest', weight: weights[name] ?? 0 },
        value: (task, pool, facts) => value(pool, task.region, facts),
      }),
    ),
    { name: 'load', unit: 'share of the capacity', weight: params.load_weight, value: (_task, pool) => loadOf(pool) },
    { name: 'failure', unit: 'share of attempts', weight: params.failure_weight, value: (_task, pool) => pool.failureRatio },
  ];
  return {
    measures: { name: 'what does not change', unit: 'weighted shares' },
    base: (pool, home, catalogue) => counted.reduce((sum, [name, value]) => sum + (weights[name] ?? 0) * value(pool, home, catalogue), 0),
    byHome: params.latency_weight > 0 || params.egress_weight > 0,
    pick: { best: rescored },
    terms: terms.filter((term) => term.weight > 0),
  };
}

function loadOf({ free, capacity }: PoolView): number {
  return capacity === 0 ? 1 : (capacity - free) / capacity;
}
