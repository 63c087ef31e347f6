import { describe, expect, it } from 'vitest';
import { barsOf } from '../../../src/core/replay/lanes.ts';
import { timelineOf } from '../../../src/core/replay/timeline.ts';
import { userWaits } from '../../../src/core/replay/user-waits.ts';
import { worstJobs } from '../../../src/core/replay/worst-jobs.ts';
import { aJobList } from '../../helpers/traces.ts';

const jobs = aJobList(
  { submit: 0, run: 10, processors: 2, user: 7 },
  { submit: 0, run: 20, processors: 1, user: 9 },
  { submit: 10, run: 10, processors: 3, user: 9 },
  { submit: 10, run: 5, processors: 1, user: 9 },
);
const schedule = { jobs, starts: Float64Array.of(0, 0, 20, 10) };

describe('the worst jobs', () => {
  it('are those that wait longest, over all schedules', () => {
    const other = { jobs, starts: Float64Array.of(0, 5, 10, 70) };
    const worst = worstJobs([schedule, other], 3);
    expect(worst.map(({ schedule: index, id, wait }) => [index, id, wait])).toEqual([
      [1, 4, 60],
      [0, 3, 10],
      [1, 2, 5],
    ]);
    expect(worst[0]).toMatchObject({ user: 9, run: 5, processors: 1, submit: 10, boundedSlowdown: 6.5 });
  });

  it('are the earlier of equal ones, and all where there are few', () => {
    expect(worstJobs([schedule], 10).map(({ id }) => id)).toEqual([3, 1, 2, 4]);
    expect(worstJobs([schedule], 2).map(({ id }) => id)).toEqual([3, 1]);
  });
});

describe('the waits of users', () => {
  it('have mean, tail and maximum of each, most jobs first', () => {
    expect(userWaits([schedule])).toEqual([
      { user: 9, jobs: 3, meanWaitS: 10 / 3, p95WaitS: 9, maxWaitS: 10 },
      { user: 7, jobs: 1, meanWaitS: 0, p95WaitS: 0, maxWaitS: 0 },
    ]);
  });
});

describe('a timeline', () => {
  it('averages what waits and what is busy over each step', () => {
    const { from, stepS, waiting, busy } = timelineOf(schedule, 3);
    expect({ from, stepS }).toEqual({ from: 0, stepS: 10 });
    expect([...waiting]).toEqual([0, 1, 0]);
    expect([...busy]).toEqual([3, 1.5, 3]);
  });

  it('keeps its sums whatever the steps', () => {
    for (const steps of [1, 7, 100]) {
      const { stepS, busy } = timelineOf(schedule, steps);
      expect(busy.reduce((sum, value) => sum + value * stepS, 0)).toBeCloseTo(75, 9);
    }
  });
});

describe('bars', () => {
  it('put each job on as many processors as it has, none twice at a time', () => {
    const bars = barsOf(schedule, [0, 1, 2, 3], 3);
    expect(bars.map(({ row, from, until, processors }) => [row, from, until, processors])).toEqual([
      [0, 0, 10, [0, 1]],
      [1, 0, 20, [2]],
      [3, 10, 15, [0]],
      [2, 20, 30, [0, 1, 2]],
    ]);
  });
});
