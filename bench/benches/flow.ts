import type { Bench } from '../lib/bench.ts';
import { runInChild } from '../lib/child.ts';
import { measuresOf } from '../lib/measures.ts';
import { interleave } from '../lib/rounds.ts';

export const flow: Bench = {
  name: 'flow',
  summary:
    'plans of optimal_batch: 72 x 16, 300 x 64 and 1,000 x 200 shapes and cells, what greedy would cost more, and one as a server makes it',
  async run({ rounds }) {
    const run = async () => ({
      ...(await runInChild('bench/contestants/flow.ts', {})),
      ...(await runInChild('bench/contestants/plan.ts', {})),
    });
    const samples = await interleave([{ name: 'solver', run }], rounds);
    const metrics = Object.keys(samples.get('solver')?.[0] ?? {});
    const units = Object.fromEntries(metrics.map((metric) => [metric, metric.includes('greedy') ? '%' : 'ms']));
    return measuresOf('flow', samples, 'solver', units);
  },
};
