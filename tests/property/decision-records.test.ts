import { describe, expect, it } from 'vitest';
import { holds } from '../../src/core/domain/constraint.ts';
import { priceOf } from '../../src/core/domain/cost.ts';
import type { DecisionRecord } from '../../src/core/domain/decision.ts';
import type { TaskEntry } from '../../src/core/domain/task.ts';
import type { PoolEntry } from '../../src/core/scheduling/core.ts';
import { streamThroughCore } from '../helpers/core-stream.ts';

const strategies = [
  { name: 'fifo' },
  { name: 'priority' },
  { name: 'min_cost' },
  { name: 'region_aware', params: { spill_after_ms: 900 } },
  { name: 'least_loaded' },
  { name: 'round_robin', params: { reach: 'anywhere' } },
  { name: 'power_of_two' },
  { name: 'fair_share', params: { place: 'region_aware' } },
];

/** Why a pool is not among those within the ring, asked of each pool by itself. */
function outOf(pool: PoolEntry, task: TaskEntry, ring: DecisionRecord['ring']): string | undefined {
  const home = task.regions ?? [task.region];
  if (pool.accepts?.includes(task.type) === false) return 'type';
  if (task.resourceType !== null && pool.resourceType !== task.resourceType) return 'resource_type';
  if (ring === 'home' && !home.includes(pool.region)) return 'region';
  if (!(task.constraints ?? []).every((one) => holds(one, pool.labels[one.label]))) return 'label';
  return task.maxCost !== null && priceOf(task.cost, pool.costPerUnit) > task.maxCost ? 'price' : undefined;
}

function counted(causes: readonly (string | undefined)[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const cause of causes) if (cause !== undefined) counts[cause] = (counts[cause] ?? 0) + 1;
  return counts;
}

describe('why a task went where it went', () => {
  const seen = { compared: 0, spilled: 0, terms: 0, full: 0, gangs: 0 };

  it('counts every pool once, and has a winner that is not worse than the next', () => {
    for (let seed = 1; seed <= 25; seed++) {
      streamThroughCore({
        ...{ seed, events: 250, strategies },
        onSettled: () => {},
        onDecided(stream, { seq, poolId, parts }, record) {
          const winner = parts?.at(-1) ?? poolId;
          const task = stream.waiting.get(seq)!;
          const causes = [...stream.pools.values()].map((pool) => outOf(pool, task, record.ring));
          expect({ seed, seq, ...record.out }).toEqual({ seed, seq, ...counted(causes) });
          expect(record.considered).toBe(causes.filter((cause) => cause === undefined).length);
          expect(record.full).toBeLessThan(record.considered);
          const { compared } = record;
          if (record.parts !== undefined) {
            seen.gangs++;
            const places = record.parts.flatMap((place) => Array<string>(place.parts).fill(place.pool));
            expect(places.toSorted()).toEqual(parts?.map((id) => stream.pools.get(id)!.name).toSorted());
            expect(record.parts.find(({ pool }) => pool === stream.pools.get(winner)!.name)?.total).not.toBeNull();
          } else expect(parts ?? []).toEqual([]);
          seen.full += record.full;
          if (record.isSpilled) seen.spilled++;
          if (compared?.runnerUp === undefined) return;
          seen.compared++;
          const { total, wins, runnerUp, terms } = compared;
          expect(runnerUp.pool).not.toBe(stream.pools.get(winner)?.name);
          const [better, worse] = wins === 'lower' ? [total, runnerUp.total] : [runnerUp.total, total];
          expect(better!).toBeLessThanOrEqual(worse!);
          if (terms.length === 0) return;
          seen.terms++;
          for (const [of, its] of [['value', total] as const, ['other', runnerUp.total] as const]) {
            expect(terms.reduce((sum, term) => sum + term.weight * term[of]!, 0)).toBeCloseTo(its!, 4);
          }
        },
      });
    }
    expect(Math.min(seen.compared, seen.spilled, seen.terms, seen.full, seen.gangs)).toBeGreaterThan(20);
  });
});
