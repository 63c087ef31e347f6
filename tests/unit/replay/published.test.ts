import { describe, expect, it } from 'vitest';
import { type PolicyResult, runPolicy } from '../../../src/core/replay/run-policy.ts';
import { pyss } from '../../../src/core/replay/semantics/pyss.ts';
import { rlscheduler } from '../../../src/core/replay/semantics/rlscheduler.ts';
import type { Backfill, Semantics } from '../../../src/core/replay/semantics/semantics.ts';
import { trx } from '../../../src/core/replay/semantics/trx.ts';
import { parseSwf } from '../../../src/core/replay/swf.ts';
import { machineSize } from '../../../src/core/replay/swf-header.ts';
import { hasTraces, kth, lublin, sdsc, traceBytes, whyNoTraces } from '../../helpers/traces.ts';

/** Of the ten windows of the published table. */
const windows = [1981, 2756, 4299, 8850, 3316, 2714, 5228, 7762, 4022, 7085].map((start) => ({ start, count: 1_024 }));

function loaded(semantics: Semantics, name: string) {
  const trace = parseSwf(traceBytes(name));
  const machine = machineSize(trace.headers);
  return { machine, ...semantics.load(trace, machine) };
}

function run(semantics: Semantics, name: string, policy: string, backfill?: Backfill): PolicyResult {
  const choice = semantics.choose(policy, backfill);
  if (choice.kind === 'refusal') throw new Error(choice.message);
  const { jobs, machine } = loaded(semantics, name);
  return runPolicy(choice, { jobs, machine, windows: semantics === rlscheduler ? windows : [], repeat: 1, nowMs: () => 0 });
}

/** As printed in the table, two decimals. */
const published: readonly (readonly [trace: string, backfill: 'none' | 'rls', figures: Readonly<Record<string, number>>])[] = [
  [lublin, 'none', { fcfs: 7273.77, wfp3: 19753.53, unicep: 22274.74, sjf: 277.35, f1: 258.37 }],
  [lublin, 'rls', { fcfs: 235.82, wfp3: 133.87, unicep: 307.23, sjf: 73.31, f1: 75.07 }],
  [sdsc, 'none', { fcfs: 1727.54, wfp3: 3000.88, unicep: 1848.45, sjf: 2680.55, f1: 1232.06 }],
  [sdsc, 'rls', { fcfs: 1595.12, wfp3: 1083.12, unicep: 548.01, sjf: 2167.84, f1: 1098.22 }],
];

// Whole traces: seconds on a quiet machine, more beside other suites.
describe(`published figures (${whyNoTraces})`, { timeout: 60_000 }, () => {
  it.skipIf(!hasTraces)('the filter keeps and drops of each trace what it should', () => {
    const counts = (name: string) => {
      const { read, jobs, dropped, estimates } = loaded(pyss, name);
      return { read, kept: jobs.count, dropped, estimates };
    };
    expect(counts(kth)).toEqual({ read: 28_489, kept: 28_481, dropped: { run_not_positive: 8 }, estimates: 'user' });
    expect(counts(sdsc)).toEqual({ read: 10_000, kept: 8_943, dropped: { run_not_positive: 1_057 }, estimates: 'user' });
    expect(counts(lublin)).toEqual({ read: 10_000, kept: 10_000, dropped: {}, estimates: 'run' });
  });

  it.skipIf(!hasTraces)('EASY on the whole of KTH-SP2', () => {
    const { metrics } = run(pyss, kth, 'easy');
    expect(metrics.meanTurnaroundS?.toFixed(3)).toBe('15696.798');
    expect(metrics.meanBoundedSlowdown?.toFixed(4)).toBe('92.5765');
    expect(metrics.maxBoundedSlowdown?.toFixed(1)).toBe('14805.2');
    expect(metrics.rmsBoundedSlowdown?.toFixed(4)).toBe('476.2603');
  });

  it.skipIf(!hasTraces)('EASY, shortest first and clairvoyant, on the whole of KTH-SP2', () => {
    const { metrics } = run(pyss, kth, 'easy-sjbf-clairvoyant');
    expect(metrics.meanTurnaroundS?.toFixed(3)).toBe('14295.947');
    expect(metrics.meanBoundedSlowdown?.toFixed(4)).toBe('49.8477');
  });

  for (const [trace, backfill, figures] of published) {
    it.skipIf(!hasTraces)(`RLScheduler's table, ${trace}, backfilling ${backfill}`, () => {
      const names = Object.keys(figures);
      const means = names.map((policy) => [policy, run(rlscheduler, trace, policy, backfill).metrics.meanBoundedSlowdown?.toFixed(2)]);
      expect(Object.fromEntries(means)).toEqual(Object.fromEntries(names.map((name) => [name, figures[name]?.toFixed(2)])));
    });
  }

  it.skipIf(!hasTraces)(
    "our own rule halves EASY's mean slowdown on two traces together, and no wait is beyond 1.8 of EASY's longest",
    () => {
      const ratios = [sdsc, lublin].map((trace) => {
        const [easy, ours] = ['easy', 'bounded_slowdown'].map((policy) => run(trx, trace, policy, 'easy').metrics);
        expect(ours!.maxWaitS! / easy!.maxWaitS!).toBeLessThanOrEqual(1.8);
        return ours!.meanBoundedSlowdown! / easy!.meanBoundedSlowdown!;
      });
      const geometricMean = Math.sqrt(ratios.reduce((product, ratio) => product * ratio, 1));
      expect(geometricMean).toBeLessThanOrEqual(0.5);
    },
  );
});
