import { describe, expect, it } from 'vitest';
import type { TaskEntry } from '../../../src/core/domain/task.ts';
import type { SimObserver } from '../../../src/core/replay/trx/sim-observer.ts';
import type { SimRun, SimTask } from '../../../src/core/replay/trx/sim-task.ts';
import { createSimulation } from '../../../src/core/replay/trx/simulation.ts';
import { createSchedulingCore, type PoolEntry } from '../../../src/core/scheduling/core.ts';
import { anEntry, aPool, aStrategy } from '../../helpers/scheduling.ts';

const never = Number.POSITIVE_INFINITY;

type Fields = Partial<TaskEntry> & Partial<Omit<SimTask, 'runs'>> & { readonly runs?: readonly Partial<SimRun>[] };

function aTask(fields: Fields = {}): SimTask {
  const { runs = [{}], ratios = new Map(), maxAttempts = 3, cancelAt = never, expireAt = never, entry: _entry, ...entry } = fields;
  return {
    ...{ entry: anEntry(entry), maxAttempts, cancelAt, expireAt, ratios },
    runs: runs.map((run) => ({ workMs: 100, outcome: 'succeeded', backoffMs: 0, ...run })),
  };
}

function setup({ strategy = 'fifo', pools = [aPool()] }: { strategy?: string; pools?: readonly PoolEntry[] } = {}) {
  const told: string[] = [];
  const observer: SimObserver = {
    started: ({ entry: { seq } }, attempt, pool, at) => told.push(`${at} ${seq}/${attempt} on ${pool.name}`),
    ended: ({ task, endedAt, outcome }) => told.push(`${endedAt} ${task.entry.seq} ${outcome}`),
    closed: ({ entry: { seq } }, end, at, { attempt }) => told.push(`${at} ${seq} ${end} after ${attempt}`),
  };
  const core = createSchedulingCore();
  const sim = createSimulation(core, observer, () => 7);
  core.setStrategy(aStrategy(strategy), 1, 1, 0);
  for (const pool of pools) sim.setPool(pool);
  const at = (time: number, ...tasks: readonly SimTask[]) => {
    sim.advance(time);
    for (const task of tasks) sim.submit({ ...task, entry: { ...task.entry, readyAt: Math.max(time, task.entry.readyAt) } });
  };
  return { core, sim, at, told };
}

describe('a replay on the decision core', () => {
  it('lets the strategy choose among all that came in one instant', () => {
    const { at, sim, told } = setup({ strategy: 'priority' });
    at(0, aTask({ seq: 1, priority: 1 }), aTask({ seq: 2, priority: 9 }));
    expect(sim.finish()).toEqual([]);
    expect(told.filter((line) => line.includes('on '))).toEqual(['0 2/1 on pool-1', '100 1/1 on pool-1']);
  });

  it('makes plans for a strategy that plans, in no time', () => {
    const pools = [aPool({ id: 1, costPerUnit: 1, capacity: 1 }), aPool({ id: 2, costPerUnit: 2, capacity: 1 })];
    const { at, sim, told } = setup({ strategy: 'optimal_batch', pools });
    at(0, aTask({ seq: 1, cost: 1 }), aTask({ seq: 2, cost: 10 }));
    at(10, aTask({ seq: 3 }));
    expect(sim.finish()).toEqual([]);
    expect(told.filter((line) => line.includes('on '))).toEqual(['0 1/1 on pool-2', '0 2/1 on pool-1', '500 3/1 on pool-1']);
  });

  it('takes as long as the pool has shown, by where the run was seen: 100 ms there, twice by half as much here', () => {
    const { at, sim, told } = setup({ pools: [aPool({ speed: 2 })] });
    const ratios = new Map([
      ['pool-1', 1.5],
      ['elsewhere', 0.5],
    ]);
    at(0, aTask({ seq: 1, ratios, runs: [{ pool: 'elsewhere' }] }));
    at(1_000, aTask({ seq: 2, ratios, runs: [{ pool: 'pool-1' }] }));
    at(2_000, aTask({ seq: 3, ratios }));
    sim.finish();
    expect(told.filter((line) => line.includes('succeeded'))).toEqual(['150 1 succeeded', '1050 2 succeeded', '2050 3 succeeded']);
  });

  it('frees slots before it decides on what comes in the same instant', () => {
    const { at, sim, told } = setup();
    at(0, aTask({ seq: 1 }));
    at(100, aTask({ seq: 2 }));
    sim.finish();
    expect(told).toContain('100 2/1 on pool-1');
  });

  it('runs work at the speed of the pool', () => {
    const { at, sim, told } = setup({ pools: [aPool({ speed: 4 })] });
    at(0, aTask());
    sim.finish();
    expect(told.at(-1)).toBe('25 1 completed after 1');
  });

  it('repeats failures and delays as recorded, whatever the pool', () => {
    const { at, sim, told } = setup();
    at(0, aTask({ runs: [{ workMs: 10, outcome: 'failed', backoffMs: 30 }, { workMs: 20, outcome: 'released' }, { workMs: 5 }] }));
    sim.finish();
    expect(told).toEqual([
      ...['0 1/1 on pool-1', '10 1 failed', '40 1/2 on pool-1', '60 1 released'],
      ...['60 1/3 on pool-1', '65 1 succeeded', '65 1 completed after 3'],
    ]);
  });

  it('fails a task whose last recorded attempt failed', () => {
    const { at, sim, told } = setup();
    at(0, aTask({ runs: [{ outcome: 'failed' }] }));
    sim.finish();
    expect(told.at(-1)).toBe('100 1 failed after 1');
  });

  it('times out what the slower pool could not do in time, and tries again while attempts are left', () => {
    const { at, sim, told } = setup({ pools: [aPool({ speed: 0.5 })] });
    at(0, aTask({ timeoutMs: 150, maxAttempts: 2 }));
    sim.finish();
    expect(told).toEqual([...['0 1/1 on pool-1', '150 1 timed_out', '157 1/2 on pool-1', '307 1 timed_out', '307 1 failed after 2']]);
  });

  it('does not cut what ran beyond its limit in the record', () => {
    const { at, sim, told } = setup();
    at(0, aTask({ timeoutMs: 50 }));
    sim.finish();
    expect(told.at(-1)).toBe('100 1 completed after 1');
  });

  it('cancels a task that waits, runs or has not come, and lets the one that ended be', () => {
    const { at, sim, told } = setup();
    at(
      0,
      aTask({ seq: 1, cancelAt: 60 }),
      aTask({ seq: 2, cancelAt: 50 }),
      aTask({ seq: 3, cancelAt: 40, readyAt: 90 }),
      aTask({ seq: 4, cancelAt: 500 }),
    );
    sim.finish();
    expect(told).toEqual([
      ...['0 1/1 on pool-1', '40 3 cancelled after 0', '50 2 cancelled after 0'],
      ...['60 1 cancelled', '60 1 cancelled after 1', '60 4/1 on pool-1', '160 4 succeeded', '160 4 completed after 1'],
    ]);
  });

  it('ends what its deadline meets', () => {
    const { at, sim, told } = setup();
    at(0, aTask({ seq: 1, expireAt: 70 }), aTask({ seq: 2, expireAt: 30 }));
    sim.finish();
    expect(told).toEqual(['0 1/1 on pool-1', '30 2 failed after 0', '70 1 expired', '70 1 failed after 1']);
  });

  it('decides nothing while it is paused, and ends what runs', () => {
    const { at, sim, told } = setup();
    at(0, aTask({ seq: 1 }), aTask({ seq: 2 }));
    sim.pause(true);
    sim.advance(1_000);
    sim.pause(false);
    sim.finish();
    expect(told.filter((line) => line.includes('on '))).toEqual(['0 1/1 on pool-1', '1000 2/1 on pool-1']);
  });

  it('keeps within pools as they change, and lets attempts on a removed pool end', () => {
    const { at, sim, told, core } = setup({ pools: [aPool({ capacity: 1 }), aPool({ id: 2, costPerUnit: 5 })] });
    at(0, aTask({ seq: 1 }), aTask({ seq: 2 }), aTask({ seq: 3 }), aTask({ seq: 4 }));
    sim.advance(10);
    sim.removePool(1);
    sim.setPool(aPool({ id: 2, costPerUnit: 5, capacity: 2 }));
    sim.finish();
    expect(told.filter((line) => line.includes('on '))).toEqual([
      ...['0 1/1 on pool-1', '0 2/1 on pool-2', '10 3/1 on pool-2', '100 4/1 on pool-2'],
    ]);
    expect(core.loadOf(1)).toBe(0);
  });

  it('obeys limits of types and tenants', () => {
    const { at, sim, told } = setup({ pools: [aPool({ capacity: 9 })] });
    sim.change((core) => {
      core.setTypeLimits({ type: 'order', total: 2, perTenant: null });
      core.setTenantLimits({ tenant: 'acme', maxRunning: 1, guaranteed: 0, weight: 1 });
    });
    at(0, aTask({ seq: 1, tenant: 'acme' }), aTask({ seq: 2, tenant: 'acme' }), aTask({ seq: 3 }), aTask({ seq: 4 }));
    sim.finish();
    expect(told.filter((line) => line.includes('on '))).toEqual([
      ...['0 1/1 on pool-1', '0 3/1 on pool-1', '100 2/1 on pool-1', '100 4/1 on pool-1'],
    ]);
  });

  it('says what could never run, and ends all the same', () => {
    const { at, sim, told } = setup();
    at(0, aTask({ seq: 1, resourceType: 'gpu' }), aTask({ seq: 2 }));
    expect(sim.finish().map(({ entry }) => entry.seq)).toEqual([1]);
    expect(told.at(-1)).toBe('100 2 completed after 1');
    expect(sim.open).toBe(1);
  });

  it('ends with a strategy that looks again and again', () => {
    const { at, sim } = setup({ strategy: 'hrrn' });
    at(0, aTask({ seq: 1, slots: 5 }));
    expect(sim.finish()).toHaveLength(1);
  });
});
