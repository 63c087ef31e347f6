import { describe, expect, it } from 'vitest';
import { jobsWindow } from '../../../../src/core/replay/jobs.ts';
import { rlscheduler } from '../../../../src/core/replay/semantics/rlscheduler.ts';
import { parseSwf } from '../../../../src/core/replay/swf.ts';
import { aJobList, bytesOf, type JobFields, swfLine } from '../../../helpers/traces.ts';

type Row = readonly [submit: number, processors: number, run: number, estimate?: number];

const jobsOf = (rows: readonly Row[]) =>
  aJobList(...rows.map(([submit, processors, run, estimate = run]): JobFields => ({ submit, processors, run, estimate })));

function chosen(policy: string, backfill: 'none' | 'rls') {
  const choice = rlscheduler.choose(policy, backfill);
  if (choice.kind === 'refusal') throw new Error(choice.message);
  return choice;
}

const startsOf = (policy: string, machine: number, rows: readonly Row[], backfill: 'none' | 'rls' = 'none') => [
  ...chosen(policy, backfill).simulate(jobsOf(rows), machine).starts,
];

describe('the loop', () => {
  it('keeps the head it took, though a better one comes that would fit', () => {
    const rows: Row[] = [
      [0, 1, 10],
      [1, 2, 100],
      [2, 1, 1],
    ];
    expect(startsOf('sjf', 2, rows)).toEqual([0, 10, 110]);
  });

  it('chooses among those it has stepped to, not among all that have arrived', () => {
    // When the first starts at 0 the others of that second are not in the queue yet; they come one by one while the second waits.
    const rows: Row[] = [
      [0, 1, 10],
      [0, 1, 9],
      [0, 1, 1],
      [0, 1, 5],
    ];
    expect(startsOf('sjf', 1, rows)).toEqual([0, 10, 19, 20]);
  });

  it('goes on with the next job when the queue ran empty', () => {
    const rows: Row[] = [
      [5, 1, 10],
      [100, 1, 10],
      [101, 1, 10],
    ];
    expect(startsOf('fcfs', 1, rows)).toEqual([5, 100, 110]);
  });

  it('takes jobs in the order of the ids, even where one was submitted before its predecessor', () => {
    const rows: Row[] = [
      [10, 1, 5],
      [3, 1, 5],
    ];
    expect(startsOf('fcfs', 2, rows)).toEqual([10, 10]);
  });

  it('starts a window on an empty machine', () => {
    const jobs = jobsOf([
      [0, 2, 100],
      [1, 2, 10],
      [2, 2, 10],
    ]);
    const { simulate } = chosen('fcfs', 'none');
    expect([...simulate(jobs, 2).starts]).toEqual([0, 100, 110]);
    expect([...simulate(jobsWindow(jobs, 1, 2), 2).starts]).toEqual([1, 11]);
    expect([...simulate(jobsWindow(jobs, 0, 3), 2).starts]).toEqual([0, 100, 110]);
    expect([...simulate(jobsWindow(jobs, 0, 0), 2).starts]).toEqual([]);
  });
});

describe('its backfilling', () => {
  it('lets a job overtake that ends before the reservation, and not one that ends with it', () => {
    const rows = (estimate: number): Row[] => [
      [0, 1, 10],
      [1, 2, 5],
      [2, 1, estimate],
    ];
    expect(startsOf('fcfs', 2, rows(7), 'rls')).toEqual([0, 10, 2]);
    expect(startsOf('fcfs', 2, rows(8), 'rls')).toEqual([0, 10, 15]);
  });

  it('knows no extra processors', () => {
    const rows: Row[] = [
      [0, 2, 10],
      [1, 2, 5],
      [2, 1, 100],
    ];
    expect(startsOf('fcfs', 3, rows, 'rls')).toEqual([0, 10, 10]);
  });

  it('does not work the reservation out again when a job ends early', () => {
    // The first ends at 5 instead of 100: the third, of 60, still overtakes at 5, and holds the head up.
    const rows: Row[] = [
      [0, 1, 5, 100],
      [0, 1, 40],
      [1, 2, 5],
      [2, 1, 60],
    ];
    expect(startsOf('fcfs', 2, rows, 'rls')).toEqual([0, 0, 65, 5]);
  });

  it('overtakes in the order of submission, whatever the policy', () => {
    const rows: Row[] = [
      [0, 2, 20],
      [0, 1, 5],
      [1, 3, 5],
      [2, 1, 9],
      [3, 1, 3],
    ];
    expect(startsOf('sjf', 3, rows, 'rls')).toEqual([0, 0, 20, 5, 14]);
  });
});

describe('the policies', () => {
  /** One runs until 100, the second is the head and waits; the order of the rest is the policy's, at 100. */
  const behind = (...rest: readonly Row[]): Row[] => [[1, 4, 99], [2, 4, 10], ...rest];
  const orderOf = (policy: string, ...rest: readonly Row[]) => {
    const starts = startsOf(policy, 4, behind(...rest)).slice(2);
    return starts
      .map((start, i) => ({ start, i }))
      .sort((a, b) => a.start - b.start)
      .map(({ i }) => i);
  };

  it('fcfs and sjf: by submit, by estimate and then submit', () => {
    expect(orderOf('fcfs', [9, 4, 1], [5, 4, 1], [7, 4, 1])).toEqual([1, 2, 0]);
    expect(orderOf('sjf', [9, 4, 3], [5, 4, 8], [7, 4, 3], [8, 4, 2])).toEqual([3, 2, 0, 1]);
  });

  it('wfp3 as published prefers the long job, as meant the short one that has waited', () => {
    const rows: Row[] = [
      [12, 4, 50],
      [13, 4, 20],
    ];
    expect(orderOf('wfp3', ...rows)).toEqual([0, 1]);
    expect(orderOf('wfp3-real', ...rows)).toEqual([1, 0]);
  });

  it('wfp3 prefers the narrow job as published, the wide one as meant', () => {
    const rows: Row[] = [
      [12, 4, 50],
      [12, 3, 50],
    ];
    expect(orderOf('wfp3', ...rows)).toEqual([1, 0]);
    expect(orderOf('wfp3-real', ...rows)).toEqual([0, 1]);
  });

  it('unicep puts a job of one processor last as published and first as meant', () => {
    const rows: Row[] = [
      [12, 4, 50],
      [12, 1, 50],
    ];
    expect(orderOf('unicep', ...rows)).toEqual([0, 1]);
    expect(orderOf('unicep-real', ...rows)).toEqual([1, 0]);
  });

  it('f1 to f4 weigh size against the time of submission', () => {
    // f1: 4·log10 50 + 870·log10 12 = 945.7 against 4·log10 5 + 870·log10 13 = 971.9; a submit of 12 against 12 lets the size decide.
    expect(orderOf('f1', [13, 4, 5], [12, 4, 50])).toEqual([1, 0]);
    for (const policy of ['f1', 'f2', 'f3', 'f4']) expect(orderOf(policy, [12, 4, 50], [12, 4, 5])).toEqual([1, 0]);
    // f2: 4·√30000 + 25600·log10 12 = 28320 against 4·1 + 25600·log10 13 = 28521; f4 alike; with 40000: 28427 still before.
    expect(orderOf('f2', [13, 4, 1], [12, 4, 30_000])).toEqual([1, 0]);
    expect(orderOf('f2', [13, 4, 1], [12, 4, 90_000])).toEqual([0, 1]);
    expect(orderOf('f3', [13, 4, 1], [12, 4, 50_000])).toEqual([1, 0]);
    expect(orderOf('f3', [13, 4, 1], [12, 4, 70_000])).toEqual([0, 1]);
    expect(orderOf('f4', [13, 4, 1], [12, 4, 9_000])).toEqual([1, 0]);
    expect(orderOf('f4', [13, 4, 1], [12, 4, 10_000])).toEqual([0, 1]);
  });

  it('f1 takes 0.1 for an estimate that is not positive', () => {
    expect(orderOf('f1', [12, 4, 5], [12, 4, 10, -1])).toEqual([1, 0]);
  });

  it('without a number for a job say which, and do not run', () => {
    expect(() => startsOf('f2', 4, behind([12, 4, 10, -1]))).toThrow(/^line 3: f2 gives no number for job 3/);
    expect(() => startsOf('wfp3-real', 1, [[0, 1, 10, 0]])).toThrow(/^line 1: wfp3-real gives no number/);
  });
});

describe('jobs it cannot run', () => {
  it.each([5, 0, -1, 1.5])('asking for %s of 4 processors are refused with their line', (processors) => {
    const jobs = jobsOf([
      [0, 1, 10],
      [1, processors, 10],
    ]);
    const { simulate } = chosen('fcfs', 'none');
    expect(() => simulate(jobs, 4)).toThrow(/^line 2: job 2 asks for .* --procs/);
    expect([...simulate(jobsWindow(jobs, 0, 1), 4).starts]).toEqual([0]);
  });
});

describe('its loading', () => {
  const load = (...lines: readonly string[]) => rlscheduler.load(parseSwf(bytesOf(lines.join('\n'))), 4);

  it('takes the larger of allocated and requested processors, and no run is cut', () => {
    const { jobs } = load(
      swfLine({ id: 1, allocated: 3, requested: 2, run: 500, estimate: 100 }),
      swfLine({ id: 2, allocated: -1, requested: 2 }),
    );
    expect([...jobs.processors]).toEqual([3, 2]);
    expect([...jobs.run]).toEqual([500, 100]);
  });

  it('takes the run for a missing estimate before it makes 10 s of a negative run', () => {
    const { jobs, estimates } = load(
      swfLine({ id: 1, run: 70, estimate: -1 }),
      swfLine({ id: 2, run: -1, estimate: -1 }),
      swfLine({ id: 3, run: -1, estimate: 60 }),
    );
    expect([...jobs.estimate]).toEqual([70, -1, 60]);
    expect([...jobs.run]).toEqual([70, 10, 10]);
    expect(estimates).toBe('user');
  });

  it('drops jobs of run 0 and no others, sorts by id, and says both', () => {
    const { jobs, read, dropped, notes, estimates } = load(
      swfLine({ id: 5, estimate: -1 }),
      swfLine({ id: 2, run: 0 }),
      swfLine({ id: 3, requested: 999, submit: -7, estimate: -1 }),
    );
    expect([...jobs.id]).toEqual([3, 5]);
    expect({ read, dropped, estimates }).toEqual({ read: 3, dropped: { run_zero: 1 }, estimates: 'user' });
    expect(notes).toEqual(['line 2: dropped, its run time is 0']);
  });
});

describe('what this mode has', () => {
  it('is each policy with none or rls, none unless said', () => {
    expect(rlscheduler.choose('sjf', undefined)).toMatchObject({ kind: 'choice', backfill: 'none' });
    for (const [policy, backfill] of [
      ['sjf', 'easy'],
      ['easy', undefined],
      ['toString', undefined],
    ] as const) {
      expect(rlscheduler.choose(policy, backfill)).toMatchObject({ kind: 'refusal', message: expect.stringMatching(/rls|unicep-real/) });
    }
  });
});
