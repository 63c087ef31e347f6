import { describe, expect, it } from 'vitest';
import { forecastOf } from '../../../src/core/scheduling/forecast.ts';
import { type Hold, holdFor } from '../../../src/core/scheduling/reasons.ts';
import { seededRandom } from '../../../src/core/scheduling/seeded-random.ts';
import { aCore, aPool } from '../../helpers/scheduling.ts';

const full = holdFor('no_capacity', '');
const busy = { drain: { ends: 60, slots: 60, overMs: 60_000 }, pools: 2 };
const next = { least: 1, most: 1 };

function spanOf(holds: readonly Hold[], ahead = next, found = busy) {
  return forecastOf(holds, ahead, found, 1_000)?.startMs;
}

describe('forecastOf', () => {
  it('lies around tasks ahead x slots / slots that come free', () => {
    const [least, most] = spanOf([full], { least: 100, most: 100 })!;
    expect(least).toBeLessThan(100_000);
    expect(least).toBeGreaterThan(75_000);
    expect(most).toBeGreaterThan(100_000);
    expect(most).toBeLessThan(125_000);
  });

  it('is wider the fewer ends it knows, and where more may go first', () => {
    const width = ([least, most]: readonly [number, number]) => most - least;
    const rare = { drain: { ends: 4, slots: 4, overMs: 4_000 }, pools: 2 };
    expect(width(spanOf([full], { least: 100, most: 100 }, rare)!)).toBeGreaterThan(width(spanOf([full], { least: 100, most: 100 })!));
    expect(spanOf([full], { least: 1, most: 200 })![1]).toBeGreaterThan(spanOf([full])![1] * 10);
  });

  it('says nothing where somebody has to act, or nothing came free', () => {
    expect(spanOf([holdFor('pools_paused', ''), full])).toBeUndefined();
    expect(spanOf([holdFor('tenant_limit', '')])).toBeUndefined();
    expect(spanOf([full], next, { drain: { ends: 0, slots: 0, overMs: 60_000 }, pools: 1 })).toBeUndefined();
  });

  it('is the time it waits for where only time stops it, and never earlier than that', () => {
    expect(spanOf([holdFor('waiting_for_home', '', { until: 8_000 })])).toEqual([7_000, 7_000]);
    const [least, most] = spanOf([full, holdFor('waiting_for_home', '', { until: 8_000 })], next)!;
    expect([least, most]).toEqual([7_000, 7_000]);
  });

  it('the true wait lies within it four times in five', () => {
    const random = seededRandom(7);
    const exponential = (mean: number) => -mean * Math.log(1 - random());
    let within = 0;
    const rounds = 2_000;
    for (let i = 0; i < rounds; i++) {
      const ends = poisson(40, random);
      const ahead = 1 + Math.floor(random() * 60);
      const span = spanOf([full], { least: ahead, most: ahead }, { drain: { ends, slots: ends, overMs: 40_000 }, pools: 1 });
      let wait = 0;
      for (let n = 0; n < ahead; n++) wait += exponential(1_000);
      if (span !== undefined && wait >= span[0] && wait <= span[1]) within++;
    }
    expect(within / rounds).toBeGreaterThan(0.75);
    expect(within / rounds).toBeLessThan(0.9);
  });
});

/** @see Knuth, The Art of Computer Programming 2, 3.4.1 */
function poisson(mean: number, random: () => number): number {
  let count = 0;
  for (let product = random(); product > Math.exp(-mean); product *= random()) count++;
  return count;
}

describe('explain', () => {
  it('forecasts from what came free on the pools of the task, and says who holds them', () => {
    const pool = aPool({ capacity: 2 });
    const { core, submit, starts } = aCore({ pools: [pool, aPool({ id: 2, region: 'eu-west', state: 'paused' })] });
    submit({ tenant: 'acme' }, { tenant: 'acme' }, { tenant: 'zeta' }, { tenant: 'zeta' });
    starts(0);
    expect(core.explain(3, 1_000)).toMatchObject({
      holds: [{ code: 'no_capacity' }],
      counts: { total: 2, mayRun: 1, full: 1, out: { state: 1 } },
      forecast: undefined,
      holders: [{ type: 'order', tenant: 'acme', tasks: 2, slots: 2 }],
    });
    core.finish(1, 10_000);
    expect(starts(10_000)).toEqual([[3, 'pool-1']]);
    const { forecast, holds, holders } = core.explain(4, 20_000)!;
    expect(holds.map(({ code }) => code)).toEqual(['no_capacity']);
    expect(forecast?.basis).toBe('1 slot came free on 1 pool in the last 20 s');
    expect(forecast!.startMs[0]).toBeLessThan(20_000);
    expect(forecast!.startMs[1]).toBeGreaterThan(20_000);
    expect(holders).toEqual([
      { type: 'order', tenant: 'acme', tasks: 1, slots: 1 },
      { type: 'order', tenant: 'zeta', tasks: 1, slots: 1 },
    ]);
  });

  it('names every stop at once, the one that lasts longest by itself first', () => {
    const pools = [aPool({ id: 1, capacity: 2 }), aPool({ id: 2, capacity: 1, resourceType: 'gpu' })];
    const { core, submit, starts } = aCore({ pools });
    submit({ tenant: 'acme' }, { tenant: 'acme', resourceType: 'gpu' }, { type: 'other' });
    starts();
    core.setTypeLimits({ type: 'order', total: 2, perTenant: 1 });
    core.setTenantLimits({ tenant: 'acme', maxRunning: 1, guaranteed: 0, weight: 1 });
    submit({ tenant: 'acme' }, { tenant: 'acme' }, { tenant: 'acme', slots: 9 });
    starts();
    const codes = (seq: number) => core.explain(seq, 0)!.holds.map(({ code, clearedBy }) => `${clearedBy} ${code}`);
    const limits = ['operator type_limit', 'quota_owner tenant_type_limit', 'quota_owner tenant_limit'];
    expect(codes(4)).toEqual([...limits, 'capacity no_capacity']);
    expect(codes(5)).toEqual([...limits, 'capacity no_capacity', 'capacity behind_in_order']);
    expect(codes(6)).toEqual(['submitter larger_than_any_pool', ...limits]);
  });
});
