import { describe, expect, it } from 'vitest';
import { standardJobs } from '../../../src/core/replay/standard-filter.ts';
import { parseSwf } from '../../../src/core/replay/swf.ts';
import { bytesOf, swfLine } from '../../helpers/traces.ts';

const load = (lines: readonly string[], machine = 10) => standardJobs(parseSwf(bytesOf(lines.join('\n'))), machine);

describe('the standard filter', () => {
  it('drops what could not have run, and says why, how many and where', () => {
    const { jobs, read, dropped, notes } = load([
      swfLine({ id: 1, allocated: 11, requested: 2 }),
      swfLine({ id: 2, allocated: 2, requested: 11 }),
      swfLine({ id: 3, allocated: -1, requested: 0 }),
      swfLine({ id: 4, run: 0 }),
      swfLine({ id: 5, run: -1 }),
      swfLine({ id: 6, estimate: -1 }),
      swfLine({ id: 7, submit: -1 }),
      swfLine({ id: 8, allocated: 1.5, requested: 1.5 }),
      swfLine({ id: 9 }),
    ]);
    expect(read).toBe(9);
    expect([...jobs.id]).toEqual([9]);
    expect(dropped).toEqual({
      larger_than_machine: 2,
      processors_unknown: 1,
      run_not_positive: 2,
      estimate_not_positive: 1,
      submit_negative: 1,
      processors_not_whole: 1,
    });
    expect(notes).toContain('lines 4, 5: dropped, its run time is not positive');
  });

  it('counts a job once, under the first cause', () => {
    expect(load([swfLine({ id: 1, allocated: 11, run: 0, submit: -1 })]).dropped).toEqual({ larger_than_machine: 1 });
  });

  it('takes allocated for requested processors, or the other way round, when one is missing; else requested', () => {
    const { jobs } = load([
      swfLine({ id: 1, allocated: 4, requested: -1 }),
      swfLine({ id: 2, allocated: -1, requested: 5 }),
      swfLine({ id: 3, allocated: 6, requested: 3 }),
    ]);
    expect([...jobs.processors]).toEqual([4, 5, 3]);
  });

  it('cuts a run to its estimate and says so', () => {
    const { jobs, notes } = load([swfLine({ id: 1, run: 150, estimate: 100 }), swfLine({ id: 2, run: 90, estimate: 100 })]);
    expect([...jobs.run]).toEqual([100, 90]);
    expect(notes).toEqual(['line 1: the run time was cut to the estimate']);
  });

  it('takes run times for estimates when no job has one, and says so', () => {
    const { jobs, estimates, notes } = load([swfLine({ id: 1, run: 70, estimate: -1 }), swfLine({ id: 2, run: 80, estimate: 0 })]);
    expect([...jobs.estimate]).toEqual([70, 80]);
    expect(estimates).toBe('run');
    expect(notes).toHaveLength(1);
  });

  it('sorts by id, keeps lines in order where ids repeat, and says that they do', () => {
    const { jobs, notes } = load([swfLine({ id: 9 }), swfLine({ id: 3, user: 1 }), swfLine({ id: 3, user: 2 })]);
    expect([...jobs.id]).toEqual([3, 3, 9]);
    expect([...jobs.user]).toEqual([1, 2, 1]);
    expect(notes).toEqual(['line 3: a job id that occurred before; both are kept']);
  });

  it('names a few lines of many', () => {
    const lines = Array.from({ length: 7 }, (_, i) => swfLine({ id: i, run: 0 }));
    expect(load(lines).notes).toEqual(['7 lines (1, 2, 3, 4, 5, ...): dropped, its run time is not positive']);
  });
});
