import { describe, expect, it } from 'vitest';
import { createSchedulingCore } from '../../src/core/scheduling/core.ts';
import { seededRandom } from '../../src/core/scheduling/seeded-random.ts';
import { anEntry, aPool, aStrategy } from '../helpers/scheduling.ts';

const runMs = 1_000;
const slots = 10;
const lengthMs = 400_000;
/** Tasks per second of each tenant: together 80 % of what ten slots of a second can do. */
const rate = 4;

interface Game {
  readonly strategy: string;
  /** Tasks of the flooding tenant that wait from the start. */
  readonly flood: number;
  readonly guaranteed?: number;
}

/** Two tenants send tasks at random moments; one may have flooded the queue before. @returns waits of the other tenant in ms, ascending */
function waitsOfTheOther({ strategy, flood, guaranteed = 0 }: Game): number[] {
  const core = createSchedulingCore();
  core.setPool(aPool({ capacity: slots }));
  core.setStrategy(aStrategy(strategy), 1, 1, 0);
  core.setTenantLimits({ tenant: 'other', maxRunning: null, guaranteed, weight: 1 });
  const random = seededRandom(7);
  const gapMs = () => Math.ceil((-Math.log(1 - random()) * 1_000) / rate);
  const running: { readonly seq: number; readonly end: number }[] = [];
  const since = new Map<number, number>();
  const waits: number[] = [];
  let seq = 0;
  const submit = (tenant: string, now: number) => {
    core.submit(anEntry({ seq: ++seq, tenant, estimateMs: runMs, readyAt: now }));
    if (tenant === 'other') since.set(seq, now);
  };
  for (let i = 0; i < flood; i++) submit('flooding', 0);
  const next = { flooding: gapMs(), other: gapMs() };
  for (let now = 0; now < lengthMs; now = Math.min(running[0]?.end ?? Infinity, next.flooding, next.other)) {
    while (running.length > 0 && running[0]!.end <= now) core.finish(running.shift()!.seq, now, 'succeeded');
    for (const tenant of ['flooding', 'other'] as const) {
      if (next[tenant] > now) continue;
      submit(tenant, now);
      next[tenant] = now + gapMs();
    }
    for (const { seq: started } of core.decide(now)) {
      running.push({ seq: started, end: now + runMs });
      const readyAt = since.get(started);
      if (readyAt !== undefined) waits.push(now - readyAt);
    }
  }
  return waits.sort((a, b) => a - b);
}

const p99 = (waits: readonly number[]) => waits[Math.floor(waits.length * 0.99)]!;

describe('a tenant with 100,000 waiting tasks', () => {
  const flood = 100_000;

  it('raises the p99 wait of another less than twofold under fair_share', () => {
    const calm = waitsOfTheOther({ strategy: 'fair_share', flood: 0 });
    const flooded = waitsOfTheOther({ strategy: 'fair_share', flood });
    expect(flooded.length).toBeGreaterThan(0.9 * calm.length);
    expect(p99(flooded)).toBeLessThan(2 * p99(calm));
  });

  it('keeps another from starting anything under fifo, but for what that one is guaranteed', () => {
    expect(waitsOfTheOther({ strategy: 'fifo', flood })).toEqual([]);
    const guaranteed = waitsOfTheOther({ strategy: 'fifo', flood, guaranteed: 6 });
    expect(guaranteed.length).toBeGreaterThan(1_000);
    expect(p99(guaranteed)).toBeLessThan(2 * p99(waitsOfTheOther({ strategy: 'fifo', flood: 0 })));
  });
});
