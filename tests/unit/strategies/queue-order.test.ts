import { describe, expect, it } from 'vitest';
import type { TaskEntry } from '../../../src/core/domain/task.ts';
import type { Strategy } from '../../../src/core/strategies/strategy.ts';
import { aCore, aPool, aStrategy } from '../../helpers/scheduling.ts';

/** Order in which one slot serves tasks that all wait. */
function served(strategy: Strategy, tasks: readonly Partial<TaskEntry>[]): number[] {
  const { core, submit } = aCore({ pools: [aPool()], strategy });
  submit(...tasks);
  const order = core.order();
  const seqs: number[] = [];
  for (let started = core.decide(100_000)[0]; started !== undefined; started = core.decide(100_000)[0]) {
    seqs.push(started.seq);
    core.finish(started.seq, 100_000);
  }
  expect(order).toEqual(seqs);
  return seqs;
}

describe('fifo and min_cost serve in order of acceptance', () => {
  it.each(['fifo', 'min_cost'])('%s: whatever priority, cost and age say', (name) => {
    const tasks = [
      { seq: 3, priority: 10 },
      { seq: 1, readyAt: 9_000 },
      { seq: 2, cost: 0.1 },
    ];
    expect(served(aStrategy(name), tasks)).toEqual([1, 2, 3]);
  });

  it('bursts of 24, 3 and 3 wait 17 in the mean', () => {
    const { core, submit } = aCore({ pools: [aPool()], strategy: aStrategy('fifo') });
    const length = [24, 3, 3];
    submit({}, {}, {});
    let now = 0;
    let waited = 0;
    for (let i = 0; i < 3; i++) {
      const { seq } = core.decide(now)[0]!;
      waited += now;
      now += length[seq - 1]!;
      core.finish(seq, now);
    }
    expect(waited / 3).toBe(17);
  });

  it('a task that runs again keeps its place', () => {
    const { core, submit } = aCore({ pools: [aPool()] });
    submit({}, {}, {});
    core.decide(0);
    core.finish(1, 5);
    submit({ seq: 1, attempt: 1 });
    expect(core.decide(5)).toMatchObject([{ seq: 1, attempt: 2 }]);
  });
});

describe('priority serves the larger first, and age counts', () => {
  it('strict (aging 0): by priority, equal ones by acceptance', () => {
    const tasks = [{ priority: 5 }, { priority: 10, readyAt: 99_000 }, { priority: 5 }, { priority: 1 }];
    expect(served(aStrategy('priority', { aging_per_min: 0 }), tasks)).toEqual([2, 1, 3, 4]);
  });

  it('a point per minute by default: 5 from the start is level with 6 a minute later, and goes first by seq', () => {
    const old = { priority: 5, readyAt: 0 };
    expect(served(aStrategy('priority'), [old, { priority: 6, readyAt: 60_000 }])).toEqual([1, 2]);
    expect(served(aStrategy('priority'), [old, { priority: 6, readyAt: 59_999 }])).toEqual([2, 1]);
  });

  it('aging 0.1 per second: 1 at second 0 beats 10 exactly when that one arrives after 90 s', () => {
    const strategy = aStrategy('priority', { aging_per_min: 6 });
    const old = { priority: 1, readyAt: 0 };
    expect(served(strategy, [old, { priority: 10, readyAt: 90_001 }])).toEqual([1, 2]);
    expect(served(strategy, [old, { priority: 10, readyAt: 89_999 }])).toEqual([2, 1]);
  });

  it('the bound: behind newer work priority p waits at most (10 - p) / aging minutes', () => {
    const { core, submit } = aCore({ pools: [aPool()], strategy: aStrategy('priority') });
    submit({ priority: 3 });
    let now = 0;
    // A stream of the most urgent tasks, one per second, each served in a second.
    for (let seq = 2; ; seq++, now += 1_000) {
      submit({ seq, priority: 10, readyAt: now });
      const { seq: started } = core.decide(now)[0]!;
      core.finish(started, now);
      if (started === 1) break;
    }
    expect(now / 60_000).toBeLessThanOrEqual(7 + 1 / 60);
    expect(now / 60_000).toBeGreaterThan(6.9);
  });
});
