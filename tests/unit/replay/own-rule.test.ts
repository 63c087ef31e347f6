import { describe, expect, it } from 'vitest';
import { runPolicy } from '../../../src/core/replay/run-policy.ts';
import { trx } from '../../../src/core/replay/semantics/trx.ts';
import type { Trace } from '../../../src/core/replay/trace.ts';
import { generateWorkload } from '../../../src/core/replay/workload.ts';

const machine = 128;
const twoDaysS = 172_800;

/** By EASY's, in the same simulator. */
function partsOfEasy(trace: Trace) {
  const { jobs } = trx.load(trace, machine);
  const metricsOf = (policy: string) => {
    const choice = trx.choose(policy, 'easy');
    if (choice.kind === 'refusal') throw new Error(choice.message);
    return runPolicy(choice, { jobs, machine, windows: [], repeat: 1, nowMs: () => 0 }).metrics;
  };
  const [easy, ours] = [metricsOf('easy'), metricsOf('bounded_slowdown')];
  return { slowdown: ours.meanBoundedSlowdown! / easy.meanBoundedSlowdown!, longest: ours.maxWaitS! / easy.maxWaitS! };
}

const workload = (seed: number) => generateWorkload({ pattern: 'lublin', jobs: 2_000, machine, load: 0.9, seed });

describe('our own rule on workloads it was not chosen on', { timeout: 60_000 }, () => {
  it.each([301, 302])("seed %i: at most half of EASY's mean slowdown, and no wait beyond 1.8 of its longest", (seed) => {
    const { slowdown, longest } = partsOfEasy(workload(seed));
    expect(slowdown).toBeLessThanOrEqual(0.5);
    expect(longest).toBeLessThanOrEqual(1.8);
  });

  it('keeps the longest wait where nothing predicts anything: one user for all, and everybody asks for two days', () => {
    const trace = workload(301);
    expect(partsOfEasy({ ...trace, user: trace.user.map(() => 1), estimate: trace.run.map(() => twoDaysS) }).longest).toBeLessThanOrEqual(
      1.8,
    );
  });

  it('keeps the longest wait where statements are exact two times of three, and the third time two days', () => {
    const trace = workload(301);
    const estimate = trace.run.map((run, row) => (row % 3 === 0 ? twoDaysS : run));
    expect(partsOfEasy({ ...trace, user: trace.user.map((_, row) => row % 2), estimate }).longest).toBeLessThanOrEqual(1.8);
  });
});
