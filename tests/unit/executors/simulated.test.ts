import { describe, expect, it } from 'vitest';
import type { SimulatedSettings } from '../../../src/core/domain/pool.ts';
import { createSimulatedExecutor } from '../../../src/core/executors/simulated.ts';
import { createVirtualClock } from '../../../src/core/replay/virtual-clock.ts';
import { anAttempt, turn } from '../../helpers/attempts.ts';

const original: SimulatedSettings = { latencyMs: [100, 2_000], failureRatio: 0.05, seed: 1 };

interface Run {
  readonly seq?: number;
  readonly attempt?: number;
  readonly simulated?: SimulatedSettings | null;
  readonly speed?: number;
}

function setup() {
  const clock = createVirtualClock();
  const executor = createSimulatedExecutor({ clock });
  async function measure(runs: readonly Run[]) {
    const start = clock.monotonicMs();
    const all = runs.map(async ({ seq = 1, attempt = 1, simulated = original, speed = 1 }) => {
      const outcome = await executor.run(anAttempt({ task: { seq }, attempt, pool: { executor: 'simulated', simulated, speed } }));
      return { kind: outcome.kind, ms: clock.monotonicMs() - start };
    });
    await clock.settleTo(start + 1e7, turn);
    return Promise.all(all);
  }
  return { clock, measure };
}

describe('simulated executor', () => {
  it('takes 100 ms to 2 s, and about one in twenty fails', async () => {
    const runs = await setup().measure(Array.from({ length: 5_000 }, (_, n) => ({ seq: n + 1 })));
    const latencies = runs.map(({ ms }) => ms);
    expect(Math.min(...latencies)).toBeGreaterThanOrEqual(100);
    expect(Math.min(...latencies)).toBeLessThan(110);
    expect(Math.max(...latencies)).toBeLessThanOrEqual(2_000);
    expect(Math.max(...latencies)).toBeGreaterThan(1_990);
    const mean = latencies.reduce((sum, ms) => sum + ms, 0) / latencies.length;
    expect(mean).toBeGreaterThan(1_020);
    expect(mean).toBeLessThan(1_080);
    const failed = runs.filter(({ kind }) => kind === 'failed').length;
    expect(failed).toBeGreaterThan(200);
    expect(failed).toBeLessThan(300);
  });

  it('draws the same for the same seed, seq and attempt, whatever runs beside it', async () => {
    const alone = await setup().measure([{ seq: 77 }]);
    const crowded = await setup().measure(Array.from({ length: 200 }, (_, n) => ({ seq: n })));
    expect(crowded[77]).toEqual(alone[0]);
  });

  it('draws anew for another seed, seq or attempt', async () => {
    const runs = await setup().measure([{}, { seq: 2 }, { attempt: 2 }, { simulated: { ...original, seed: 2 } }, { seq: 2 ** 32 + 1 }]);
    expect(new Set(runs.map(({ ms }) => ms)).size).toBe(5);
  });

  it('a pool twice as fast takes half as long', async () => {
    const [slow, fast] = await setup().measure([{}, { speed: 2 }]);
    expect(fast?.ms).toBeCloseTo((slow?.ms ?? 0) / 2, 9);
  });

  it('a failure may be tried again, and without settings the original ones hold', async () => {
    const { measure } = setup();
    expect(await measure([{ simulated: null }])).toEqual(await setup().measure([{ simulated: { ...original, seed: 0 } }]));
    const failing = anAttempt({ pool: { name: 'gpu', simulated: { latencyMs: [0, 0], failureRatio: 1, seed: 1 } } });
    const clock = createVirtualClock();
    const running = createSimulatedExecutor({ clock }).run(failing);
    clock.advanceTo(0);
    expect(await running).toEqual({
      kind: 'failed',
      code: 'simulated_failure',
      message: 'Drawn to fail: the pool gpu has a failure ratio of 1.',
      retryable: true,
    });
  });
});
