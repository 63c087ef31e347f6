import type { Catalogue, PoolView, Term } from './strategy.ts';

/** Parameter of placements that count what it costs to move data. */
export const gbPerUnit = {
  default: 0,
  minimum: 0,
  maximum: 1_000_000,
  description: 'GB that a task moves from its home region to the pool, per unit of work; counted at the transfer prices of the catalogue.',
} as const;

/** Price of a unit of work at a pool with its share of the transfer, failures aside: what pools are kept in order of. */
export function unitPrice(gb: number) {
  return (pool: PoolView, home: number, catalogue: Catalogue): number =>
    pool.costPerUnit + (gb === 0 ? 0 : gb * catalogue.egressUsdPerGb(home, pool.region));
}

/**
 * What a task will cost at a pool, attempts that fail included: cost x price / (1 - q) + transfer, q the share of attempts that fail. A pool
 * that is billed by time states its price per unit as price of a slot-second / speed, so a faster pool at the same rate is cheaper.
 */
export function expectedCostTerms(gb: number): readonly Term[] {
  const paid: readonly Term[] = [
    { name: 'price', unit: 'price of the work', weight: 1, value: (task, pool) => task.cost * pool.costPerUnit },
    {
      name: 'failures',
      unit: 'price of attempts that fail',
      weight: 1,
      value: (task, { costPerUnit, failureRatio }) => (task.cost * costPerUnit * failureRatio) / (1 - failureRatio),
    },
  ];
  const transfer: Term = {
    name: 'transfer',
    unit: 'price of moving the data',
    weight: 1,
    value: (task, pool, facts) => task.cost * gb * facts.egressUsdPerGb(task.region, pool.region),
  };
  return gb === 0 ? paid : [...paid, transfer];
}
