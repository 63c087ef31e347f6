import { describe, expect, it } from 'vitest';
import { solveTransportation } from '../../../src/core/optimise/min-cost-flow.ts';
import { faultsOf } from '../../helpers/optimise.ts';
import { aMarket, costInOrder, type MarketOptions } from '../../helpers/price-market.ts';
import { prices } from '../../helpers/shared-data.ts';

const markets: readonly Omit<MarketOptions, 'seed'>[] = [
  { priceColumns: ['Price'], mostGb: 3, load: 0.9 },
  { priceColumns: ['SpotPrice'], mostGb: 1, load: 0.9 },
  { priceColumns: ['Price', 'SpotPrice'], mostGb: 3, load: 0.9 },
];

describe(`slot-hours on the machines of a price list (${prices.whyNot})`, () => {
  it.skipIf(!prices.exists).each(markets)('one after another pays 2 to 5 % more than the proved optimum: $priceColumns', (options) => {
    const market = aMarket({ ...options, seed: 11 });
    const plan = solveTransportation(market.problem);
    expect(faultsOf(market.problem, plan)).toEqual([]);
    const gap = costInOrder(market) / plan.cost - 1;
    expect(gap).toBeGreaterThan(0.02);
    expect(gap).toBeLessThan(0.05);
  });
});
