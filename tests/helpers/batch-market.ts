import { answerPlan } from '../../src/core/optimise/answer-plan.ts';
import { solveTransportation } from '../../src/core/optimise/min-cost-flow.ts';
import { createSchedulingCore, type PoolEntry } from '../../src/core/scheduling/core.ts';
import type { Strategy } from '../../src/core/strategies/strategy.ts';
import { anEntry, aPool } from './scheduling.ts';
import { csvRows, prices } from './shared-data.ts';

export interface Batch {
  readonly pools: readonly PoolEntry[];
  /** Units of work, by task, in the order they come. */
  readonly costs: readonly number[];
}

/** What the batch costs when all of it comes at one moment and this strategy decides, asked for plans as often as it wants one. */
export function costUnder(strategy: Strategy, batch: Batch): number {
  const price = new Map(batch.pools.map(({ id, costPerUnit }) => [id, costPerUnit]));
  return pairsUnder(strategy, batch).reduce((sum, poolId, i) => sum + batch.costs[i]! * price.get(poolId)!, 0);
}

/** The pool of each task, by its place in the batch. */
export function pairsUnder(strategy: Strategy, { pools, costs }: Batch): readonly number[] {
  const core = createSchedulingCore();
  for (const pool of pools) core.setPool(pool);
  core.setStrategy(strategy, 1, 1, 0);
  for (const [i, cost] of costs.entries()) core.submit(anEntry({ seq: i + 1, cost, region: null }));
  const poolOf = new Array<number>(costs.length);
  let started = 0;
  for (let now = 0; started < costs.length; now = Math.max(now + 1, Math.min(core.planWantedAt(), core.nextDueAt()))) {
    if (now === Infinity) throw new Error(`${costs.length - started} tasks never start`);
    const question = core.planWantedAt() <= now ? core.askPlan(now) : undefined;
    if (question !== undefined) core.setPlan(answerPlan(question), now);
    for (const { seq, poolId } of core.decide(now)) {
      started++;
      poolOf[seq - 1] = poolId;
    }
  }
  return poolOf;
}

/** The least any pairing of these tasks with slots costs: every task a source of its own. */
export function leastCost({ pools, costs }: Batch): number {
  const slotsAt = new Map<number, number>();
  for (const { costPerUnit, capacity } of pools) slotsAt.set(costPerUnit, (slotsAt.get(costPerUnit) ?? 0) + capacity);
  const plan = solveTransportation({
    supply: costs.map(() => 1),
    capacity: [...slotsAt.values()],
    cost: costs.flatMap((units) => [...slotsAt.keys()].map((price) => Math.round(1e6 * units * price))),
    stay: costs.map(() => 1e12),
  });
  return plan.cost / 1e6;
}

/** The machines of a published price list as pools, an hour of twelve virtual processors being the unit of work. */
export function listedPools(column: 'Price' | 'SpotPrice', slotsPerZone: number): PoolEntry[] {
  return csvRows(prices.read('gcp_vm_prices_sample.csv')).map((machine, i) =>
    aPool({
      id: i + 1,
      name: `${machine['InstanceType']} ${machine['AvailabilityZone']}`,
      region: machine['Region']!,
      costPerUnit: (12 * Number(machine[column])) / Number(machine['vCPUs']),
      capacity: slotsPerZone,
    }),
  );
}
