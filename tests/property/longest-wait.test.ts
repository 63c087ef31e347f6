import { describe, expect, it } from 'vitest';
import type { DecisionRecord } from '../../src/core/domain/decision.ts';
import type { ResourceType } from '../../src/core/domain/task.ts';
import { createSchedulingCore } from '../../src/core/scheduling/core.ts';
import { fc } from '../helpers/fc.ts';
import { anEntry, aPool, aStrategy } from '../helpers/scheduling.ts';

const second = 1_000;

const event = fc.record({
  afterS: fc.nat(40),
  priority: fc.integer({ min: 1, max: 10 }),
  resourceType: fc.constantFrom<(ResourceType | null)[]>(null, 'cpu', 'gpu'),
  runS: fc.integer({ min: 1, max: 90 }),
});

interface Known {
  readonly since: number;
  readonly newerUntil: number;
  readonly resourceType: ResourceType | null;
}

describe('under priority', () => {
  it('nothing that gets ready after the bound of a waiting task takes a slot that one could have used, but what is kept for its needs', () => {
    fc.assert(
      fc.property(fc.array(event, { minLength: 20, maxLength: 80 }), fc.constantFrom(0.5, 2, 7), fc.boolean(), (events, aging, reserve) => {
        const core = createSchedulingCore();
        const pools = [aPool({ id: 1, capacity: 2 }), aPool({ id: 2, resourceType: 'gpu', capacity: 1 })];
        for (const pool of pools) core.setPool(pool);
        core.setStrategy(aStrategy('priority', { aging_per_min: aging, reserve }), 1, 1, 0);
        const known = new Map<number, Known>();
        const waiting = new Set<number>();
        const ends: { readonly seq: number; readonly at: number }[] = [];
        const runMs = new Map<number, number>();
        let seq = 0;

        function decide(now: number): void {
          const records: DecisionRecord[] = [];
          for (const [i, decision] of core.decide(now, Number.POSITIVE_INFINITY, records).entries()) {
            waiting.delete(decision.seq);
            ends.push({ seq: decision.seq, at: now + (runMs.get(decision.seq) ?? 0) });
            if (records[i]?.room === 'reserved') continue;
            const begun = known.get(decision.seq);
            const kind = pools.find(({ id }) => id === decision.poolId)?.resourceType;
            for (const other of waiting) {
              const passed = known.get(other);
              if (passed === undefined || begun === undefined || begun.since <= passed.newerUntil) continue;
              const couldUse = passed.resourceType === null || passed.resourceType === kind;
              if (couldUse) throw new Error(`${decision.seq} passed ${other} after its bound`);
            }
          }
        }

        function pass(to: number): void {
          for (;;) {
            const next = ends.sort((a, b) => a.at - b.at)[0];
            if (next === undefined || next.at > to) return;
            ends.shift();
            core.finish(next.seq, next.at, 'succeeded');
            decide(next.at);
          }
        }

        let now = 0;
        for (const { afterS, priority, resourceType, runS } of events) {
          now += afterS * second;
          pass(now);
          seq++;
          core.submit(anEntry({ seq, priority, resourceType, region: null, readyAt: now, estimateMs: runS * second }));
          waiting.add(seq);
          runMs.set(seq, runS * second);
          known.set(seq, { since: now, resourceType, newerUntil: core.explain(seq, now)?.passed.newerUntil ?? Number.NaN });
          decide(now);
        }
        pass(Number.MAX_SAFE_INTEGER);
        expect(waiting.size).toBe(0);
      }),
      { numRuns: 100 },
    );
  });
});
