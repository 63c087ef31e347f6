import { describe, expect, it } from 'vitest';
import type { DecisionRecord } from '../../../src/core/domain/decision.ts';
import { createSchedulingCore } from '../../../src/core/scheduling/core.ts';
import { easyReservations } from '../../../src/core/strategies/overtaking.ts';
import type { Strategy } from '../../../src/core/strategies/strategy.ts';
import { type Job, runJobs } from '../../helpers/run-jobs.ts';
import { anEntry, aPool, aStrategy } from '../../helpers/scheduling.ts';

const inOrder = { ...aStrategy('fifo'), overtaking: { strict: 'global' } } as const;
const easy = { ...inOrder, overtaking: { strict: 'global', reservations: easyReservations } } as const;
const ends = (jobs: readonly Job[], strategy: Strategy) => runJobs(jobs, { pools: [aPool({ capacity: 100 })], strategy }).ends;

describe('submit, estimate, slots, actual on 100 slots', () => {
  const short: Job[] = [
    [0, 100, 50, 100],
    [1, 200, 100, 100],
    [2, 100, 60, 100],
    [20, 10, 10, 10],
  ];

  it('EASY lets the short one through', () => expect(ends(short, easy)).toEqual([100, 200, 300, 30]));
  it('fifo with nothing overtaken lets it wait', () => expect(ends(short, inOrder)).toEqual([100, 200, 300, 210]));

  const early: Job[] = [
    [0, 800, 50, 600],
    [1, 1_200, 60, 200],
    [2, 400, 60, 100],
    [10, 700, 10, 600],
  ];

  it('EASY believes estimates, and uses an early end', () => expect(ends(early, easy)).toEqual([600, 800, 900, 610]));
  it('fifo uses it too', () => expect(ends(early, inOrder).at(-1)).toBe(1_400));

  const none: Job[] = [
    [0, 600, 50, 600],
    [10, 400, 100, 200],
    [20, 1_000, 10, 1_000],
  ];

  it('what would delay the first is not let through', () => {
    expect(ends(none, easy)).toEqual([600, 800, 1_800]);
    expect(ends(none, inOrder)).toEqual([600, 800, 1_800]);
  });
});

describe('whose room a task takes', () => {
  it('is told with the decision: kept for it, kept for another, or nobody kept it', () => {
    const core = createSchedulingCore();
    core.setPool(aPool({ capacity: 2 }));
    core.setStrategy(aStrategy('fifo'), 1, 1, 0);
    const records: DecisionRecord[] = [];
    const decide = (now: number) => core.decide(now, Number.POSITIVE_INFINITY, records).map(({ seq }) => seq);
    core.submit(anEntry({ seq: 1, estimateMs: 100_000 }));
    core.submit(anEntry({ seq: 2, slots: 2, estimateMs: 6_000 }));
    expect(decide(0)).toEqual([1]);
    expect(decide(30_000)).toEqual([]); // five times 6 s: its patience is over
    core.submit(anEntry({ seq: 3, estimateMs: 50_000 }));
    expect(decide(30_000)).toEqual([3]);
    core.finish(3, 80_000);
    core.finish(1, 100_000);
    expect(decide(100_000)).toEqual([2]);
    expect(records.map(({ room }) => room)).toEqual(['free', 'backfilled', 'reserved']);
  });
});

describe('room that is kept for several parts', () => {
  it('is looked for again at once when a start makes another pool the roomier one, as that frees what was kept', () => {
    const core = createSchedulingCore();
    for (const [id, accepts] of [
      ['a', 'g'],
      ['a', 'g'],
      ['b', 'g'],
    ].entries())
      core.setPool(aPool({ id: id + 1, capacity: 2, accepts }));
    core.setStrategy({ ...aStrategy('fifo'), overtaking: { strict: 'none', reservations: easyReservations } }, 1, 1, 0);
    const runs = [100, 100, 100, 1_000];
    for (const [i, estimateMs] of runs.entries()) core.submit(anEntry({ seq: i + 1, type: 'a', estimateMs }));
    core.submit(anEntry({ seq: 5, type: 'g', parts: 3, estimateMs: 100 }));
    for (const seq of [6, 7]) core.submit(anEntry({ seq, type: 'b', estimateMs: 10_000 }));
    const decide = () => core.decide(0).map(({ seq, poolId }) => [seq, poolId]);
    expect(decide().at(-1)).toEqual([6, 3]); // beside the part that will start there
    expect(core.nextDueAt()).toBe(0);
    expect(decide()).toEqual([[7, 3]]); // that part goes to pool 2 now, which comes first of equals
    expect(core.keptPools().map(({ poolId }) => poolId)).toEqual([1, 2]);
  });
});

describe('a deadline', () => {
  it('is at risk where the expected run time there ends after it', () => {
    const core = createSchedulingCore();
    core.setPool(aPool({ id: 1, capacity: 1, speed: 2 }));
    core.setPool(aPool({ id: 2, capacity: 1, speed: 1 }));
    core.setStrategy(aStrategy('fifo'), 1, 1, 0);
    const records: DecisionRecord[] = [];
    for (const seq of [1, 2]) core.submit(anEntry({ seq, estimateMs: 10_000, deadline: 9_000 }));
    expect(core.decide(1_000, Number.POSITIVE_INFINITY, records).map(({ poolId }) => poolId)).toEqual([1, 2]);
    expect(records.map(({ isDeadlineAtRisk }) => isDeadlineAtRisk)).toEqual([false, true]);
  });
});

describe('slots and run time of five that come at once, on 3 slots', () => {
  const jobs: Job[] = [
    [0, 6, 1, 6],
    [0, 2, 3, 2],
    [0, 1, 1, 1],
    [0, 2, 2, 2],
    [0, 2, 1, 2],
  ];
  const starts = (strategy: Strategy) => runJobs(jobs, { pools: [aPool({ capacity: 3 })], strategy }).starts;

  it('start under fifo one after the other', () => expect(starts(inOrder)).toEqual([0, 6, 8, 8, 9]));
  it('start under EASY where they fit', () => expect(starts(easy)).toEqual([0, 6, 0, 2, 0]));
});
