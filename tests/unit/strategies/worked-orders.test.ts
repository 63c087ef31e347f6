import { describe, expect, it } from 'vitest';
import type { TaskEntry } from '../../../src/core/domain/task.ts';
import type { Strategy } from '../../../src/core/strategies/strategy.ts';
import { aCore, aPool, aStrategy } from '../../helpers/scheduling.ts';

const second = 1_000;
type Job = readonly [name: string, runS: number, deadlineS?: number];

/** Runs jobs that are all there at 0 on a pool of `slots`, and says in which order they started and when each ended, in seconds. */
function run(strategy: Strategy, slots: number, jobs: readonly Job[]) {
  const { core, submit } = aCore({ pools: [aPool({ capacity: slots })], strategy });
  submit(
    ...jobs.map(([, runS, deadlineS]) => ({ estimateMs: runS * second, deadline: deadlineS === undefined ? null : deadlineS * second })),
  );
  const ends = new Map<string, number>();
  const running = new Map<number, number>();
  const started: string[] = [];
  for (let now = 0; ends.size < jobs.length; now = Math.min(...running.values())) {
    for (const [seq, end] of running) {
      if (end > now) continue;
      core.finish(seq, now);
      running.delete(seq);
    }
    for (const { seq } of core.decide(now)) {
      const [name, runS] = jobs[seq - 1]!;
      started.push(name);
      running.set(seq, now + runS * second);
      ends.set(name, now / second + runS);
    }
  }
  const missed = jobs.filter(([name, , deadlineS]) => deadlineS !== undefined && ends.get(name)! > deadlineS).map(([name]) => name);
  const waits = jobs.map(([name, runS]) => ends.get(name)! - runS);
  return {
    started: started.join(''),
    ends: Object.fromEntries(ends),
    missed,
    meanWait: waits.reduce((sum, wait) => sum + wait, 0) / jobs.length,
  };
}

describe('sjf', () => {
  it('6, 8, 7, 3 wait 7.0 in the mean, under fifo 10.25', () => {
    const jobs = [6, 8, 7, 3].map((length, i): Job => [`${i}`, length]);
    expect(run(aStrategy('sjf'), 1, jobs).meanWait).toBe(7);
    expect(run(aStrategy('fifo'), 1, jobs).meanWait).toBe(10.25);
  });

  it('3, 3, 24 wait 3 in the mean, whatever came first', () => {
    expect(
      run(aStrategy('sjf'), 1, [
        ['a', 24],
        ['b', 3],
        ['c', 3],
      ]).meanWait,
    ).toBe(3);
  });
});

describe('edf', () => {
  it('A(3,9) B(2,4) C(4,7): B, C, A end 2, 6, 9 and meet all; fifo misses B and C', () => {
    const jobs: Job[] = [
      ['A', 3, 9],
      ['B', 2, 4],
      ['C', 4, 7],
    ];
    expect(run(aStrategy('edf'), 1, jobs)).toMatchObject({ started: 'BCA', ends: { B: 2, C: 6, A: 9 }, missed: [] });
    expect(run(aStrategy('fifo'), 1, jobs).missed).toEqual(['B', 'C']);
  });

  it('a task that cannot meet its deadline any more does not make others late as well', () => {
    // At 2 A could end at 6 at the earliest, and it is due at 5: without the guard both B and A would be late.
    expect(
      run(aStrategy('edf'), 1, [
        ['X', 2, 2],
        ['A', 4, 5],
        ['B', 3, 5.5],
      ]),
    ).toMatchObject({ started: 'XBA', missed: ['A'] });
  });

  it('without a deadline a task counts as due a horizon after it was ready', () => {
    expect(
      run(aStrategy('edf', { horizon_s: 10 }), 1, [
        ['late', 1, 11],
        ['none', 1],
        ['soon', 1, 9],
      ]).started,
    ).toBe('soonnonelate');
  });
});

describe('laxity', () => {
  it('two slots, A(1,2) B(1,2) C(3,3): C and A at 0, B at 1, all met; edf misses C', () => {
    const jobs: Job[] = [
      ['A', 1, 2],
      ['B', 1, 2],
      ['C', 3, 3],
    ];
    expect(run(aStrategy('laxity'), 2, jobs)).toMatchObject({ started: 'CAB', ends: { C: 3, A: 1, B: 2 }, missed: [] });
    expect(run(aStrategy('edf'), 2, jobs).missed).toEqual(['C']);
  });

  it('one slot, X(1,5) Y(6,8): edf meets both, laxity misses X', () => {
    const jobs: Job[] = [
      ['X', 1, 5],
      ['Y', 6, 8],
    ];
    expect(run(aStrategy('edf'), 1, jobs).missed).toEqual([]);
    expect(run(aStrategy('laxity'), 1, jobs).missed).toEqual(['X']);
  });
});

describe('wfp3, unicep and f1 order X(10,10,1), Y(40,40,4), Z(90,5,2) at 100', () => {
  const tasks: Partial<TaskEntry>[] = [
    { readyAt: 10 * second, estimateMs: 10 * second, slots: 1 },
    { readyAt: 40 * second, estimateMs: 40 * second, slots: 4 },
    { readyAt: 90 * second, estimateMs: 5 * second, slots: 2 },
  ];
  const orderOf = (name: string) => {
    const { core, submit } = aCore({ pools: [aPool({ capacity: 0 })], strategy: aStrategy(name) });
    submit(...tasks);
    core.decide(100 * second);
    return core
      .order()
      .map((seq) => 'XYZ'[seq - 1])
      .join('');
  };

  it.each([
    ['wfp3', 'XZY'],
    ['unicep', 'XZY'],
    ['f1', 'XYZ'],
  ])('%s: %s', (name, expected) => {
    expect(orderOf(name)).toBe(expected);
  });
});

describe('f1 on a server that has been up for long', () => {
  // At the age of its clock, 1e5 s: log10(10) = 870 x log10(1e5 / (1e5 - 264.5)).
  it.each([{ days: 2 }, { days: 90 }, { days: 20_000 }])('after $days days ten times the run time weighs 265 s of waiting', ({ days }) => {
    const start = days * 86_400 * second;
    const orderOf = (laterMs: number) => {
      const { core, submit } = aCore({ pools: [aPool({ capacity: 0 })], strategy: aStrategy('f1') });
      submit({ readyAt: start, estimateMs: 1_000 * second }, { readyAt: start + laterMs, estimateMs: 100 * second });
      core.decide(start + laterMs);
      return core.order();
    };
    expect(orderOf(255 * second)).toEqual([2, 1]);
    expect(orderOf(275 * second)).toEqual([1, 2]);
  });

  it('what waits longer than its clock runs is passed by nobody', () => {
    const { core, submit } = aCore({ pools: [aPool({ capacity: 0 })], strategy: aStrategy('f1') });
    submit({ readyAt: 1e10, estimateMs: 1_000 * second }, { readyAt: 1e10 + 1e8, estimateMs: 1 });
    core.decide(1e10 + 1e8);
    expect(core.order()).toEqual([1, 2]);
  });
});

describe('bounded_slowdown', () => {
  // All there is takes two slots 100 s when A comes, 105 s with B, 115 s with C: nobody is to wait longer than 1.75 times that.
  const tasks: Partial<TaskEntry>[] = [
    { estimateMs: 100 * second, slots: 2 },
    { estimateMs: 10 * second },
    { readyAt: 90 * second, estimateMs: 20 * second },
  ];
  const orderAt = (seconds: number) => {
    const { core, submit } = aCore({ pools: [aPool({ capacity: 2, state: 'paused' })], strategy: aStrategy('bounded_slowdown') });
    submit(...tasks);
    core.decide(seconds * second);
    return core
      .order()
      .map((seq) => 'ABC'[seq - 1])
      .join('');
  };

  it('at 100 s: B 11 / (1 - 100/183.75) = 24.1, A 2 / (1 - 100/175) = 4.7, C 1.5 / (1 - 10/201.25) = 1.6', () => {
    expect(orderAt(100)).toBe('BAC');
  });

  it('at 176 s A is past its bound and goes to the front', () => {
    expect(orderAt(150)).toBe('BAC');
    expect(orderAt(176)).toBe('ABC');
  });

  it('past their bounds the longest wait is first, ties as they came', () => {
    expect(orderAt(400)).toBe('ABC');
  });

  it('bounds shrink with what runs really take: one took nothing, five count as expected, so A is past 5/6 of 175 s at 146 s', () => {
    const { core, submit, starts } = aCore({ pools: [aPool({ capacity: 2 })], strategy: aStrategy('bounded_slowdown') });
    submit({ type: 'other', estimateMs: 60 * second });
    expect(starts(0)).toHaveLength(1);
    core.finish(1, 0, 'succeeded');
    core.setPool(aPool({ capacity: 2, state: 'paused' }));
    submit(...tasks);
    const firstAt = (seconds: number) => {
      core.decide(seconds * second);
      return core.order()[0];
    };
    expect([firstAt(140), firstAt(146)]).toEqual([3, 2]);
  });

  describe('what is kept for a task', () => {
    /** Three tasks run until 100 s on four slots. A task that wants all four came with them; at 10 s comes one of 20 s. */
    function startsBeside(patience: number, timeoutMs: number): boolean {
      const params = { patience, patience_least_ms: 0, patience_most_ms: 0, refresh_ms: 0 };
      const { submit, starts } = aCore({ pools: [aPool({ capacity: 4 })], strategy: aStrategy('bounded_slowdown', params) });
      const long = { estimateMs: 100 * second, timeoutMs: 200 * second };
      submit(long, long, long, { type: 'wide', slots: 4, estimateMs: 10 * second });
      expect(starts(0).map(([seq]) => seq)).toEqual([1, 2, 3]);
      submit({ type: 'short', readyAt: 10 * second, estimateMs: 20 * second, timeoutMs });
      return starts(10 * second).length > 0;
    }

    it('is lent to what is expected to end in time, as long as the task is within its bound: 1.75 x 85 s', () => {
      expect(startsBeside(1.75, 200 * second)).toBe(true);
    });

    it('past the bound, 0.1 x 85 s, only to what must have ended in time by its limit', () => {
      expect(startsBeside(0.1, 200 * second)).toBe(false);
      expect(startsBeside(0.1, 91 * second)).toBe(false);
      expect(startsBeside(0.1, 90 * second)).toBe(true);
    });
  });
});

describe('a slope compares heads alone and loses nothing by it', () => {
  it.each(['hrrn', 'wfp3', 'unicep'])('%s: the best of all tasks is the head of its lane', (name) => {
    const strategy = aStrategy(name, { refresh_ms: 0 });
    for (let round = 0; round < 20; round++) {
      const { core, submit } = aCore({ pools: [aPool({ capacity: 4 })], strategy });
      const tasks = Array.from({ length: 60 }, (_, i) => ({
        readyAt: (i * 7_919 + round * 104_729) % 50_000,
        estimateMs: [1_000, 4_000, 16_000][(i + round) % 3]!,
        slots: [1, 2, 4][(i * i + round) % 3]!,
      }));
      submit(...tasks);
      core.decide(60_000, 0);
      const best = core.order()[0];
      expect(core.decide(60_000, 1)[0]!.seq).toBe(best);
    }
  });
});

describe('fair_share', () => {
  const backlog = (tenant: string, count: number) => Array.from({ length: count }, () => ({ tenant, estimateMs: 10 * second }));

  /** Tenants in the order they got the one slot, each task as long as estimated. */
  function turns(weights: Record<string, number>, submits: (at: number) => Partial<TaskEntry>[], count: number): string[] {
    const { core, submit } = aCore({ pools: [aPool()], strategy: aStrategy('fair_share') });
    for (const [tenant, weight] of Object.entries(weights)) core.setTenantLimits({ tenant, maxRunning: null, guaranteed: 0, weight });
    const tenants = new Map<number, string>();
    const served: string[] = [];
    let seq = 0;
    for (let now = 0; served.length < count; now += 10 * second) {
      const tasks = submits(now / second);
      for (const task of tasks) tenants.set(++seq, task.tenant!);
      submit(...tasks);
      const [started] = core.decide(now);
      if (started === undefined) continue;
      served.push(tenants.get(started.seq)!);
      core.finish(started.seq, now + 10 * second);
    }
    return served;
  }

  it('weights 1 : 3, both backlogged: 25 to 75 within one task at every prefix from 4 on', () => {
    const served = turns({ one: 1, three: 3 }, (at) => (at === 0 ? [...backlog('one', 40), ...backlog('three', 40)] : []), 40);
    for (let prefix = 4; prefix <= served.length; prefix++) {
      const ones = served.slice(0, prefix).filter((tenant) => tenant === 'one').length;
      expect(Math.abs(ones - prefix / 4)).toBeLessThanOrEqual(1);
    }
  });

  it('who was idle gets no catch-up: a burst after 200 s shares from then on', () => {
    const served = turns({}, (at) => (at === 0 ? backlog('busy', 60) : at === 200 ? backlog('idle', 30) : []), 40);
    const after = served.slice(20);
    for (let prefix = 2; prefix <= after.length; prefix++) {
      expect(Math.abs(after.slice(0, prefix).filter((tenant) => tenant === 'idle').length - prefix / 2)).toBeLessThanOrEqual(1);
    }
  });

  it('a task that ends early gives back what was charged too much', () => {
    const { core, submit } = aCore({ pools: [aPool()], strategy: aStrategy('fair_share') });
    submit(
      { tenant: 'quick', estimateMs: 100 * second },
      { tenant: 'other', estimateMs: 50 * second },
      { tenant: 'quick' },
      { tenant: 'other' },
    );
    expect(core.decide(0)).toMatchObject([{ seq: 1 }]);
    core.finish(1, second);
    expect(core.decide(second)).toMatchObject([{ seq: 2 }]);
    core.finish(2, 40 * second);
    expect(core.decide(40 * second)).toMatchObject([{ seq: 3 }]);
  });

  it('dominant: who would hold the smaller share of slots goes first', () => {
    const pools = [aPool({ id: 1, capacity: 8 }), aPool({ id: 2, resourceType: 'gpu', capacity: 2 })];
    const { core, submit } = aCore({ pools, strategy: aStrategy('fair_share', { share: 'dominant' }) });
    const cpu = { tenant: 'cpu', resourceType: 'cpu', slots: 1 } as const;
    const gpu = { tenant: 'gpu', resourceType: 'gpu', slots: 1 } as const;
    submit(gpu, gpu, cpu, cpu, cpu, cpu);
    // Shares with the task: cpu 1/8 to 4/8, gpu 1/2 and 1: equal shares go to the one that holds less.
    expect(core.decide(0).map(({ seq }) => seq)).toEqual([3, 4, 5, 1, 6, 2]);
  });
});
