import { describe, expect, it } from 'vitest';
import { type Batch, costUnder, leastCost } from '../../helpers/batch-market.ts';
import { seeded } from '../../helpers/optimise.ts';
import { aPool, aStrategy } from '../../helpers/scheduling.ts';

/** Forty pools of twenty slots at prices of 0.5 to 1.5, nine tenths of the slots asked for by tasks of 1 to `largest` units. */
function aBatch(largest: number, seed: number): Batch {
  const random = seeded(seed);
  const pools = Array.from({ length: 40 }, (_, i) =>
    aPool({ id: i + 1, costPerUnit: Math.round(50 + 100 * random()) / 100, capacity: 20 }),
  );
  return { pools, costs: Array.from({ length: 720 }, () => 1 + (largest - 1) * random()) };
}

describe('optimal_batch', () => {
  it.each([{ largest: 1.4 }, { largest: 1.6 }])(
    'costs less than 0.5 % above the optimum where one after another costs 2 to 5 % more: tasks of 1 to $largest units',
    ({ largest }) => {
      for (const seed of [1, 2, 3]) {
        const batch = aBatch(largest, seed);
        const least = leastCost(batch);
        expect(costUnder(aStrategy('optimal_batch'), batch) / least).toBeLessThan(1.005);
        const greedy = costUnder(aStrategy('min_cost'), batch) / least;
        expect(greedy).toBeGreaterThan(1.02);
        expect(greedy).toBeLessThan(1.05);
      }
    },
  );

  it('is the nearer to the optimum the finer the classes', () => {
    const batch = aBatch(3, 1);
    const [fine, middle, coarse] = [1.02, 1.25, 4].map((cost_step) => costUnder(aStrategy('optimal_batch', { cost_step }), batch));
    expect(fine).toBeLessThan(middle!);
    expect(middle).toBeLessThan(coarse!);
    expect(fine! / leastCost(batch)).toBeLessThan(1.0005);
  });
});
