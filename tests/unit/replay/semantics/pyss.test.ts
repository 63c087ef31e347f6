import { describe, expect, it } from 'vitest';
import { pyss } from '../../../../src/core/replay/semantics/pyss.ts';
import type { Backfill } from '../../../../src/core/replay/semantics/semantics.ts';
import { aJobList, type JobFields } from '../../../helpers/traces.ts';

type Row = readonly [submit: number, estimate: number, processors: number, run: number];

const jobsOf = (rows: readonly Row[]) =>
  aJobList(...rows.map(([submit, estimate, processors, run]): JobFields => ({ submit, estimate, processors, run })));

function startsOf(policy: string, machine: number, rows: readonly Row[], backfill?: Backfill): number[] {
  const choice = pyss.choose(policy, backfill);
  if (choice.kind === 'refusal') throw new Error(choice.message);
  return [...choice.simulate(jobsOf(rows), machine).starts];
}

const endsOf = (policy: string, machine: number, rows: readonly Row[]) =>
  startsOf(policy, machine, rows).map((start, row) => start + rows[row]![3]);

describe('the examples of backfilling', () => {
  it('a short narrow job runs beside the first one', () => {
    const rows: Row[] = [
      [0, 100, 50, 100],
      [1, 200, 100, 100],
      [2, 100, 60, 100],
      [20, 10, 10, 10],
    ];
    for (const policy of ['easy', 'conservative']) expect(endsOf(policy, 100, rows)).toEqual([100, 200, 300, 30]);
    expect(endsOf('fcfs', 100, rows)).toEqual([100, 200, 300, 210]);
  });

  it('a job is filled in before the estimated end of one that ends early', () => {
    const rows: Row[] = [
      [0, 800, 50, 600],
      [1, 200, 60, 200],
      [2, 400, 60, 100],
      [10, 700, 10, 600],
    ];
    for (const policy of ['easy', 'conservative']) expect(endsOf(policy, 100, rows)).toEqual([600, 800, 900, 610]);
    expect(endsOf('fcfs', 100, rows)).toEqual([600, 800, 900, 1400]);
  });

  it('what would delay the first is not filled in', () => {
    const rows: Row[] = [
      [0, 600, 50, 600],
      [10, 400, 100, 200],
      [20, 1000, 10, 1000],
    ];
    for (const policy of ['fcfs', 'easy', 'conservative']) expect(endsOf(policy, 100, rows)).toEqual([600, 800, 1800]);
  });

  it('five at once: each policy another order', () => {
    const rows: Row[] = [
      [0, 6, 1, 6],
      [0, 2, 3, 2],
      [0, 1, 1, 1],
      [0, 2, 2, 2],
      [0, 2, 1, 2],
    ];
    expect(startsOf('fcfs', 3, rows)).toEqual([0, 6, 8, 8, 9]);
    expect(startsOf('easy', 3, rows)).toEqual([0, 6, 0, 2, 0]);
    expect(startsOf('conservative', 3, rows)).toEqual([0, 6, 0, 1, 3]);
  });
});

describe('events of one second', () => {
  it('two submissions are two passes: the first to be submitted is filled in before the shorter one is there', () => {
    const rows: Row[] = [
      [0, 10, 1, 10],
      [1, 10, 2, 10],
      [2, 8, 1, 8],
      [2, 1, 1, 1],
    ];
    expect(startsOf('easy-sjbf', 2, rows)).toEqual([0, 10, 2, 20]);
  });

  it('a submission comes before a termination, but a job at its estimated end is not in its way any more', () => {
    // At 10 the first job has not ended when the third is submitted, and yet the second starts at once, as the third fits beside it.
    const rows: Row[] = [
      [0, 10, 2, 10],
      [5, 5, 2, 5],
      [10, 5, 1, 5],
    ];
    expect(startsOf('easy', 2, rows)).toEqual([0, 10, 15]);
    expect(startsOf('fcfs', 2, rows)).toEqual([0, 10, 15]);
  });

  it('at equal submit times the ids decide, also where the lines are in another order of time', () => {
    const rows: Row[] = [
      [7, 3, 1, 3],
      [0, 10, 1, 10],
      [7, 1, 1, 1],
    ];
    expect(startsOf('fcfs', 1, rows)).toEqual([10, 0, 13]);
  });
});

describe('EASY', () => {
  it('starts the first of the queue when a job ends before its estimate', () => {
    const rows: Row[] = [
      [0, 100, 2, 5],
      [1, 10, 2, 10],
    ];
    expect(startsOf('easy', 2, rows)).toEqual([0, 5]);
  });

  it('lets what was filled in hold the first one up when the shadow time turns out too late', () => {
    const rows: Row[] = [
      [0, 100, 2, 5],
      [1, 10, 3, 10],
      [2, 50, 1, 50],
    ];
    expect(startsOf('easy', 3, rows)).toEqual([0, 52, 2]);
  });

  it('counts jobs with one estimated end together: what they free beyond the need of the first is extra', () => {
    const rows: Row[] = [
      [0, 10, 1, 10],
      [0, 10, 2, 10],
      [1, 10, 3, 10],
      [2, 100, 1, 100],
      [3, 100, 1, 100],
    ];
    expect(startsOf('easy', 5, rows)).toEqual([0, 0, 10, 2, 3]);
  });

  it('fills in what ends exactly at the shadow time, and not what ends a second later', () => {
    const rows = (estimate: number): Row[] => [
      [0, 10, 1, 10],
      [1, 10, 2, 10],
      [2, estimate, 1, estimate],
    ];
    expect(startsOf('easy', 2, rows(8))).toEqual([0, 10, 2]);
    expect(startsOf('easy', 2, rows(9))).toEqual([0, 10, 20]);
  });

  it('uses extra up within a pass', () => {
    const rows: Row[] = [
      [0, 20, 2, 20],
      [0, 5, 2, 5],
      [1, 10, 3, 10],
      [2, 100, 1, 100],
      [3, 100, 1, 100],
    ];
    expect(startsOf('easy', 4, rows)).toEqual([0, 0, 20, 5, 30]);
  });

  it('visits the others in queue order, or by estimate', () => {
    const rows: Row[] = [
      [0, 5, 2, 5],
      [0, 20, 1, 20],
      [1, 10, 3, 10],
      [2, 9, 2, 9],
      [3, 7, 2, 7],
      [4, 7, 2, 7],
    ];
    expect(startsOf('easy', 3, rows)).toEqual([0, 0, 20, 5, 30, 37]);
    expect(startsOf('easy-sjbf', 3, rows)).toEqual([0, 0, 20, 30, 5, 12]);
  });

  it('makes no pass for a job that does not fit', () => {
    const rows: Row[] = [
      [0, 10, 1, 10],
      [1, 10, 2, 10],
      [2, 5, 2, 5],
    ];
    expect(startsOf('easy', 2, rows)).toEqual([0, 10, 20]);
  });

  it('clairvoyant, fills in by true run times', () => {
    const rows: Row[] = [
      [0, 100, 1, 10],
      [1, 10, 2, 10],
      [2, 50, 1, 8],
      [2, 9, 1, 9],
    ];
    expect(startsOf('easy', 2, rows)).toEqual([0, 19, 2, 10]);
    expect(startsOf('easy-clairvoyant', 2, rows)).toEqual([0, 10, 2, 20]);
    expect(startsOf('easy-sjbf-clairvoyant', 2, rows)).toEqual([0, 10, 2, 20]);
  });
});

describe('conservative backfilling', () => {
  it('starts a job at its new booking; the event of the old one does nothing', () => {
    const rows: Row[] = [
      [0, 100, 2, 5],
      [1, 10, 2, 10],
      [2, 10, 2, 10],
    ];
    expect(startsOf('conservative', 2, rows)).toEqual([0, 5, 15]);
  });

  it('books anew what waits, one by one in the order of submission, when a job ends early', () => {
    const rows: Row[] = [
      [0, 10, 1, 10],
      [1, 10, 2, 10],
      [2, 8, 1, 2],
      [3, 5, 1, 5],
    ];
    expect(startsOf('conservative', 2, rows)).toEqual([0, 10, 2, 4]);
  });

  it('delays no booking, where EASY protects the first only', () => {
    const rows: Row[] = [
      [0, 10, 2, 10],
      [1, 10, 4, 10],
      [2, 10, 2, 10],
      [3, 30, 2, 30],
    ];
    expect(startsOf('conservative', 4, rows)).toEqual([0, 10, 20, 20]);
    expect(startsOf('conservative', 5, rows)).toEqual([0, 10, 20, 20]);
  });
});

describe('what this mode has', () => {
  it('accepts the backfilling a policy has anyway, and easy with fcfs', () => {
    for (const [policy, backfill] of [
      ['fcfs', 'none'],
      ['easy', 'easy'],
      ['easy-sjbf', 'easy'],
      ['easy-clairvoyant', 'easy'],
      ['conservative', 'conservative'],
      ['fcfs', 'easy'],
    ] as const) {
      expect(pyss.choose(policy, backfill)).toMatchObject({ kind: 'choice', policy, backfill });
    }
  });

  it('refuses all else with a list of what there is', () => {
    for (const [policy, backfill] of [
      ['fcfs', 'conservative'],
      ['easy', 'none'],
      ['conservative', 'easy'],
      ['easy', 'rls'],
      ['sjf', undefined],
      ['constructor', undefined],
    ] as const) {
      const refused = pyss.choose(policy, backfill);
      expect(refused.kind).toBe('refusal');
      if (refused.kind === 'refusal') expect(refused.message).toMatch(/it has fcfs.* easy.* conservative/);
    }
  });
});
