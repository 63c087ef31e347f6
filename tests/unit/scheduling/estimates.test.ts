import { describe, expect, it } from 'vitest';
import { createSchedulingCore } from '../../../src/core/scheduling/core.ts';
import { Estimates } from '../../../src/core/scheduling/estimates.ts';
import { anEntry, aPool, shortestFirst } from '../../helpers/scheduling.ts';

const [acme, other] = [1, 2];
const [render, train] = [1, 2];

describe('a run time is predicted', () => {
  it('by the mean of the last two runs of the same tenant and type', () => {
    const estimates = new Estimates();
    for (const ms of [9_000, 100, 300]) estimates.learn(acme, render, ms, null);
    expect(estimates.predict(acme, render, 5_000)).toBe(200);
  });

  it('by the one run there was', () => {
    const estimates = new Estimates();
    estimates.learn(acme, render, 400, null);
    expect(estimates.predict(acme, render, 5_000)).toBe(400);
  });

  it('else by the moving average of the type', () => {
    const estimates = new Estimates();
    for (const ms of [800, 1_600, 900]) estimates.learn(acme, render, ms, null);
    expect(estimates.predict(other, render, 5_000)).toBe(900);
    estimates.learn(other, train, 7, null);
    expect(estimates.predict(other, render, 5_000)).toBe(900);
  });

  it('else by what the task says, and not at all when it says nothing', () => {
    const estimates = new Estimates();
    estimates.learn(acme, render, 400, null);
    expect([estimates.predict(acme, train, 5_000), estimates.predict(acme, train, null)]).toEqual([5_000, undefined]);
  });

  it('only by what the task says where that is asked for', () => {
    const estimates = new Estimates('stated');
    estimates.learn(acme, render, 400, null);
    expect([estimates.predict(acme, render, 5_000), estimates.predict(acme, render, null)]).toEqual([5_000, undefined]);
  });

  it('by what the task says where that was closer to the runs there were', () => {
    const estimates = new Estimates();
    for (const ms of [100, 9_000, 300, 4_000]) estimates.learn(acme, render, ms, ms);
    expect([estimates.predict(acme, render, 5_000), estimates.predict(other, render, 5_000)]).toEqual([5_000, 5_000]);
    expect(estimates.predict(acme, render, null)).toBe(2_150);
  });

  it('by the runs again once what is said is farther off', () => {
    const estimates = new Estimates();
    for (const ms of [100, 9_000]) estimates.learn(acme, render, ms, ms);
    for (let run = 0; run < 20; run++) estimates.learn(acme, render, 300, 100_000);
    expect(estimates.predict(acme, render, 100_000)).toBe(300);
  });

  it('as a time above 0', () => {
    const estimates = new Estimates();
    estimates.learn(acme, render, 0, null);
    expect(estimates.predict(acme, render, null)).toBe(1);
  });

  it('from the latest 65,536 pairs of tenant and type', () => {
    const estimates = new Estimates();
    for (let tenant = 0; tenant <= 65_536; tenant++) estimates.learn(tenant, render, tenant === 0 ? 50 : 100 + tenant, null);
    expect([estimates.predict(1, render, null), estimates.predict(65_536, render, null)]).toEqual([101, 65_636]);
    expect(estimates.predict(0, render, null)).not.toBe(50);
  });
});

describe('the core', () => {
  function setup(speed = 1) {
    const core = createSchedulingCore();
    core.setPool(aPool({ speed, capacity: 9 }));
    core.setStrategy(shortestFirst, 1, 1, 0);
    /** Runs a task for `ms`. */
    const run = (seq: number, type: string, ms: number, outcome: Parameters<typeof core.finish>[2]) => {
      core.submit(anEntry({ seq, type }));
      core.decide(0);
      core.finish(seq, ms, outcome);
    };
    /** The types of new tasks of these, the shortest first, then the stated 1,000 ms. */
    const order = (...types: string[]) => {
      for (const [i, type] of types.entries()) core.submit(anEntry({ seq: 100 + i, type, estimateMs: 1_000 }));
      return core.order().map((seq) => types[seq - 100]);
    };
    return { core, run, order };
  }

  it('learns from attempts that succeeded', () => {
    const { run, order } = setup();
    run(1, 'slow', 3_000, 'succeeded');
    run(2, 'quick', 20, 'succeeded');
    expect(order('slow', 'new', 'quick')).toEqual(['quick', 'new', 'slow']);
  });

  it('learns nothing from attempts that ended otherwise', () => {
    const { run, order } = setup();
    for (const [i, outcome] of (['failed', 'timed_out', 'lost', 'released', 'cancelled', undefined] as const).entries()) {
      run(i + 1, 'broken', 20, outcome);
    }
    expect(order('new', 'broken')).toEqual(['new', 'broken']);
  });

  it('reckons in work: what took 800 ms on a pool of speed 2 takes 1,600 on one of speed 1', () => {
    const { run, order } = setup(2);
    run(1, 'fast here', 800, 'succeeded');
    expect(order('fast here', 'new')).toEqual(['new', 'fast here']);
  });

  it('remembers earlier runs, the last two of them', () => {
    const { core, order } = setup();
    for (const ms of [10, 2_000, 2_000]) core.remember('default', 'slow', ms, null);
    expect(order('slow', 'new')).toEqual(['new', 'slow']);
  });

  it('keeps the estimate of a task that waits, whatever is learnt meanwhile', () => {
    const { core, order } = setup();
    core.submit(anEntry({ seq: 1, type: 'slow', estimateMs: 500 }));
    core.remember('default', 'slow', 9_000, null);
    order('new');
    expect(core.order()).toEqual([1, 100]);
  });
});
