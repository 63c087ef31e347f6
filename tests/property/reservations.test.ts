import { describe, expect, it } from 'vitest';
import type { SchedulingCore } from '../../src/core/scheduling/core.ts';
import { easyReservations } from '../../src/core/strategies/overtaking.ts';
import type { Overtaking } from '../../src/core/strategies/strategy.ts';
import { fc } from '../helpers/fc.ts';
import { type Job, runJobs } from '../helpers/run-jobs.ts';
import { aPool, aStrategy } from '../helpers/scheduling.ts';

const job = fc.record({
  submit: fc.nat(200),
  estimate: fc.integer({ min: 1, max: 60 }),
  slots: fc.integer({ min: 1, max: 5 }),
  part: fc.double({ min: 0.05, max: 1, noNaN: true }),
});
/** They never take longer than they say, and are numbered as they come. */
const jobs = fc
  .array(job, { minLength: 5, maxLength: 40 })
  .map((all) =>
    all
      .map(({ submit, estimate, slots, part }): Job => [submit, estimate, slots, Math.max(1, Math.floor(estimate * part))])
      .sort((a, b) => a[0] - b[0]),
  );
const pools = fc
  .array(fc.integer({ min: 5, max: 8 }), { minLength: 1, maxLength: 3 })
  .map((capacities) => capacities.map((capacity, i) => aPool({ id: i + 1, capacity })));
const patience = fc.constantFrom(0, 5, 30).map((seconds) => ({ estimates: 0, leastMs: 1_000 * seconds, mostMs: 1_000 * seconds }));
const overtaking: fc.Arbitrary<Overtaking> = fc
  .record({ patience, margin: fc.constantFrom(1, 1.2), strict: fc.constantFrom('none', 'shape', 'global') })
  .map(({ strict, ...rest }) => ({ strict, reservations: { ...easyReservations, ...rest, share: 1 } }));

describe('where estimates are upper bounds', () => {
  it('backfill never delays a task beyond the time its pool was kept until', () => {
    fc.assert(
      fc.property(jobs, pools, overtaking, (planned, on, rules) => {
        const promised = new Map<number, number>();
        const after = (core: SchedulingCore, _now: number, begun: readonly (number | undefined)[]) => {
          for (const { seq, startsBy = Number.POSITIVE_INFINITY } of core.keptPools()) {
            expect(begun[seq - 1]).toBeUndefined();
            promised.set(seq, Math.min(promised.get(seq) ?? Number.POSITIVE_INFINITY, startsBy / 1_000));
          }
        };
        const { starts } = runJobs(planned, { pools: on, strategy: { ...aStrategy('fifo'), overtaking: rules }, after });
        for (const [seq, by] of promised) expect([seq, starts[seq - 1]! <= by]).toEqual([seq, true]);
      }),
      { numRuns: 300 },
    );
  });

  it('nothing overtaken and no pool kept is first come, first served', () => {
    fc.assert(
      fc.property(jobs, pools, (planned, on) => {
        const { starts } = runJobs(planned, { pools: on, strategy: { ...aStrategy('fifo'), overtaking: { strict: 'global' } } });
        expect(starts).toEqual(starts.toSorted((a, b) => a - b));
      }),
      { numRuns: 100 },
    );
  });
});
