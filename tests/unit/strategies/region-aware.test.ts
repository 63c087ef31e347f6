import { describe, expect, it } from 'vitest';
import { demoLatencies } from '../../../src/core/strategies/region-latencies.ts';
import { aCore, aPool, aStrategy, demoPools } from '../../helpers/scheduling.ts';
import { aPoolView, aTaskView, scoreOf, someFacts } from '../../helpers/strategy-views.ts';

const cpuTask = { resourceType: 'cpu', readyAt: 0 } as const;

/** The demo catalogue with us-east cpu full, and more load by pool name. */
function usEastFull(more: Record<string, number> = {}, params: Record<string, number> = {}) {
  const pools = demoPools();
  const setup = aCore({ pools, strategy: aStrategy('region_aware', params) });
  for (const pool of pools) {
    const slots = pool.name === 'us-east-cpu-pool' ? pool.capacity : (more[pool.name] ?? 0);
    if (slots > 0) setup.occupy(pool, slots);
  }
  return { ...setup, home: pools[0]! };
}

describe('region_aware holds for the home region, then spills to the nearest', () => {
  it('home full: no spill at 4.9 s, to the nearest at 5.0 s', () => {
    const { core, submit, starts } = usEastFull();
    submit(cpuTask);
    expect(starts(0)).toEqual([]);
    expect(core.nextDueAt()).toBe(5_000);
    expect(starts(4_900)).toEqual([]);
    expect(starts(5_000)).toEqual([[1, 'us-west-cpu-pool']]);
  });

  it('home again when it frees, before and after the time is up', () => {
    const { starts, submit, vacate, home } = usEastFull();
    submit(cpuTask, { ...cpuTask, readyAt: 4_000 });
    expect(starts(5_000)).toEqual([[1, 'us-west-cpu-pool']]);
    vacate(home);
    expect(starts(5_001)).toEqual([[2, 'us-east-cpu-pool']]);
  });

  it('with us-west at 7/8 the load tips the scale: eu-west', () => {
    const { submit, starts } = usEastFull({ 'us-west-cpu-pool': 7 });
    submit(cpuTask);
    expect(starts(5_000)).toEqual([[1, 'eu-west-cpu-pool']]);
  });

  it('a required region is never left, even if all else is idle', () => {
    const { core, submit, starts } = usEastFull();
    submit({ ...cpuTask, regionMode: 'require' });
    expect(starts(3_600_000)).toEqual([]);
    expect(core.nextDueAt()).toBe(Number.POSITIVE_INFINITY);
  });

  it('spill_after_ms is the time it holds', () => {
    const { submit, starts } = usEastFull({}, { spill_after_ms: 700 });
    submit(cpuTask);
    expect([starts(699), starts(700)]).toEqual([[], [[1, 'us-west-cpu-pool']]]);
  });

  it('does not wait for a home that could never take the task', () => {
    const { submit, starts } = aCore({ pools: demoPools(), strategy: aStrategy('region_aware') });
    submit({ region: 'mars' }, { region: 'ap-east', slots: 8 });
    expect(starts(0).map(([seq]) => seq)).toEqual([1, 2]);
  });

  it('does not wait any longer when the last home pool is removed', () => {
    const { core, submit, starts, vacate, home } = usEastFull();
    submit(cpuTask);
    expect(starts(0)).toEqual([]);
    core.setPool({ ...home, state: 'paused' });
    expect(starts(0)).toEqual([]);
    vacate(home);
    core.removePool(home.id);
    expect(starts(0)).toEqual([[1, 'us-west-cpu-pool']]);
  });
});

describe('region_aware scores distance, price and load', () => {
  const strategy = aStrategy('region_aware');
  const rule = strategy.place.rules[0]!;
  const regions = ['us-east', 'us-west', 'eu-west', 'ap-east'];
  const facts = someFacts({
    largestLatencyMs: 210,
    dearestPrice: 2.3,
    latencyMs: (from: number, to: number) =>
      demoLatencies.find(({ between }) => between.includes(regions[from]!) && between.includes(regions[to]!) && from !== to)?.ms ?? 0,
  });
  const task = aTaskView();
  const score = (region: string, costPerUnit: number, capacity: number, load = 0) => {
    const pool = aPoolView({ region: regions.indexOf(region), costPerUnit, capacity, free: capacity - load });
    return scoreOf(rule, task, pool, facts);
  };

  it.each([
    ['us-west', 0.6, 8, 0, 0.3986],
    ['eu-west', 0.55, 10, 0, 0.4407],
    ['ap-east', 0.65, 6, 0, 0.7611],
    ['us-west', 0.6, 8, 7, 0.6173],
  ])('from us-east: %s at %d with %i slots, %i taken: %d', (region, price, capacity, load, expected) => {
    expect(score(region, price, capacity, load)).toBeCloseTo(expected, 4);
  });

  it('nearest to us-east is us-west, to eu-west us-east, to us-west us-east, to ap-east us-west', () => {
    const nearest = (home: number) =>
      [0, 1, 2, 3].filter((region) => region !== home).sort((a, b) => facts.latencyMs(home, a) - facts.latencyMs(home, b))[0]!;
    expect(regions.map((_, home) => regions[nearest(home)])).toEqual(['us-west', 'us-east', 'us-east', 'us-west']);
  });

  it('an unknown pair counts as the largest latency', () => {
    const pools = [aPool({ id: 1, name: 'moon', region: 'moon' }), aPool({ id: 2, name: 'ap', region: 'ap-east' })];
    const { submit, starts } = aCore({ pools, strategy });
    submit({});
    expect(starts(0)).toEqual([[1, 'ap']]);
  });

  it('an installation brings its own latencies', () => {
    const latencies = [
      { between: ['us-east', 'ap-east'], ms: 1 },
      { between: ['us-east', 'us-west'], ms: 2 },
    ] as const;
    const pools = [aPool({ id: 1, name: 'west', region: 'us-west' }), aPool({ id: 2, name: 'ap', region: 'ap-east' })];
    const { submit, starts } = aCore({ pools, strategy: aStrategy('region_aware', {}, { latencies }) });
    submit({});
    expect(starts(0)).toEqual([[1, 'ap']]);
  });

  it('a dearer pool anywhere makes the other prices weigh less, also among more pools than are rescored', () => {
    // Nine far pools that cost nothing against one near at 1.0: the price decides as long as 1.0 is the dearest.
    const far = Array.from({ length: 9 }, (_, i) => aPool({ id: i + 1, name: `far-${i + 1}`, region: 'ap-east', costPerUnit: 0 }));
    const near = aPool({ id: 10, name: 'near', region: 'us-west', costPerUnit: 1 });
    const params = { price_weight: 0.5 };
    const { core, submit, starts } = aCore({ pools: [...far, near], strategy: aStrategy('region_aware', params) });
    submit({});
    expect(starts(0)).toEqual([[1, 'far-1']]);
    core.finish(1, 0);
    core.setPool(aPool({ id: 11, region: 'mars', costPerUnit: 10, state: 'paused' }));
    submit({});
    expect(starts(0)).toEqual([[2, 'near']]);
  });
});
