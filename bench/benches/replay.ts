import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Bench } from '../lib/bench.ts';
import { runInChild } from '../lib/child.ts';
import type { Measure } from '../lib/measures.ts';
import type { Sample } from '../lib/rounds.ts';
import { median } from '../lib/statistics.ts';

const trace = 'KTH-SP2-1996-2.swf';

/**
 * Jobs per second of the simulator whose event loop `pyss` is, EASY on the same trace, measured on two cores of this class. They are figures and
 * not contestants: the program is not ours to ship.
 */
const anchors = [
  { name: 'pyss on CPython', jobsPerS: 32_000 },
  { name: 'pyss on PyPy', jobsPerS: 98_000 },
];
/** The goal of conservative backfilling has no anchor of its own. */
const policies = [
  { policy: 'easy', against: anchors },
  { policy: 'easy-sjbf', against: anchors },
  { policy: 'conservative', against: [] },
  { policy: 'fcfs', against: [] },
];

export const replay: Bench = {
  name: 'replay',
  summary:
    'a whole trace (KTH-SP2, from the folder TRX_TRACES) per policy of pyss, after parsing, fastest of three; against published simulators',
  async run({ rounds }) {
    const folder = tracesFolder();
    const samples = new Map<string, Sample[]>(policies.map(({ policy }) => [policy, []]));
    for (let round = 0; round < rounds; round++) {
      for (const [policy, taken] of samples) {
        taken.push(await runInChild('bench/contestants/replay.ts', { folder, trace, semantics: 'pyss', policy }));
      }
      console.error(`round ${round + 1}/${rounds}`);
    }
    const parsed = [...samples.values()].flat().map((sample) => sample['parsed'] ?? Number.NaN);
    return [
      measure('parse', 'MB/s, fastest of 3', parsed),
      ...policies.flatMap(({ policy, against }) => {
        const values = (samples.get(policy) ?? []).map((sample) => sample['simulated'] ?? Number.NaN);
        const one = measure(policy, 'job/s, fastest of 3', values);
        return against.length === 0 ? [one] : against.map((anchor) => compared(one, anchor));
      }),
    ];
  },
};

function tracesFolder(): string {
  const folder = process.env['TRX_TRACES'] ?? join('..', 'shared', 'data', 'traces');
  if (existsSync(join(folder, trace))) return folder;
  throw new Error(`TRX_TRACES must name a folder with ${trace} of the Parallel Workloads Archive; ${folder} has none`);
}

function measure(metric: string, unit: string, values: readonly number[]): Measure {
  const spread = { low: Math.min(...values), high: Math.max(...values) };
  const alone = { baseline: null, baseline_value: null, ratio: null, ratioLow: null, ratioHigh: null };
  return { bench: 'replay', metric, unit, value: median(values), ...spread, ...alone };
}

function compared(one: Measure, { name, jobsPerS }: (typeof anchors)[number]): Measure {
  return {
    ...one,
    baseline: name,
    baseline_value: jobsPerS,
    ratio: one.value / jobsPerS,
    ratioLow: one.low / jobsPerS,
    ratioHigh: one.high / jobsPerS,
  };
}
