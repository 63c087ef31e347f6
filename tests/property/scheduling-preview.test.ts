import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/core/domain/json.ts';
import { streamThroughCore } from '../helpers/core-stream.ts';
import { aStrategy } from '../helpers/scheduling.ts';

const choices: Readonly<Record<string, readonly { readonly name: string; readonly params?: JsonObject }[]>> = {
  static: [{ name: 'fifo' }, { name: 'priority' }, { name: 'min_cost' }, { name: 'edf' }],
  regions: [{ name: 'region_aware' }, { name: 'region_aware', params: { spill_after_ms: 900 } }],
  slopes: [{ name: 'wfp3', params: { refresh_ms: 0 } }, { name: 'hrrn' }],
  shares: [
    { name: 'fair_share', params: { half_life_h: 0.01 } },
    { name: 'fair_share', params: { share: 'dominant' } },
  ],
  'picks with memory or chance': [
    { name: 'round_robin', params: { reach: 'anywhere' } },
    { name: 'power_of_two' },
    { name: 'least_loaded' },
    { name: 'round_robin' },
  ],
  plans: [
    { name: 'optimal_batch', params: { every_ms: 50 } },
    { name: 'optimal_batch', params: { order: 'priority', every_ms: 10 } },
  ],
};

/** What a task's fate is called. */
const fateOf = (poolId: number | undefined, codes: readonly string[]) => (poolId === undefined ? codes.join() : `starts on ${poolId}`);

describe.each(Object.entries(choices))('a preview: %s', (name, strategies) => {
  it('is what the next decision is', () => {
    let starts = 0;
    let waits = 0;
    for (let seed = 1; seed <= 10; seed++) {
      streamThroughCore({
        ...{ seed, events: 120, strategies, isPlain: seed % 3 === 0 },
        onSettled(stream) {
          const task = stream.newTask();
          const preview = stream.core.preview(task, stream.now);
          const foreseen = fateOf(
            preview.poolId,
            preview.holds.map(({ code }) => code),
          );
          const twin = stream.twin();
          twin.submit(task);
          const started = twin.decide(stream.now).find(({ seq }) => seq === task.seq);
          const codes = twin.explain(task.seq, stream.now)?.holds.map(({ code }) => code) ?? [];
          expect(`seed ${seed}: ${foreseen}`).toBe(`seed ${seed}: ${fateOf(started?.poolId, codes)}`);
          if (started === undefined) waits++;
          else starts++;
          if (stream.below(2) === 0) stream.submit(task);
        },
      });
    }
    // Where there are plans, a task that has just come mostly waits for one.
    expect(starts).toBeGreaterThan(name === 'plans' ? 5 : 15);
    expect(waits).toBeGreaterThan(15);
  });

  it('and everything else that is asked changes no decision', () => {
    for (let seed = 31; seed <= 35; seed++) {
      streamThroughCore({
        ...{ seed, events: 120, strategies, isPlain: seed % 3 === 0 },
        onSettled(stream) {
          const { core, now } = stream;
          for (let i = stream.below(4); i > 0; i--) core.preview(stream.newTask(), now);
          const { name, params } = stream.oneOf(Object.values(choices).flat());
          core.preview(stream.newTask(), now, aStrategy(name, params ?? {}));
          for (const seq of stream.waiting.keys()) if (stream.below(3) === 0) core.explain(seq, now);
          core.waitingGroups(now);
          const twin = stream.twin(); // to which only events happened
          for (const task of [stream.newTask(), stream.newTask(), stream.newTask()]) {
            stream.submit(task);
            twin.submit(task);
          }
          const expected = twin.decide(now);
          expect({ seed, decisions: stream.settle() }).toEqual({ seed, decisions: expected });
          expect(core.order()).toEqual(twin.order());
        },
      });
    }
  });
});
