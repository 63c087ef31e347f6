import type { Bench } from '../lib/bench.ts';
import { runInChild } from '../lib/child.ts';
import { combine } from '../lib/measures.ts';
import type { Metric } from '../metric.ts';

export const explain: Bench = {
  name: 'explain',
  summary: '1M waiting, 10,000 pools, all full: why one waits, what would start it, a preview, and what decision records cost',
  async run({ rounds, tasks = 1_000_000 }) {
    const runs: (readonly Metric[])[] = [];
    for (let round = 0; round < rounds; round++)
      runs.push(await runInChild<readonly Metric[]>('bench/contestants/explain.ts', { waiting: tasks }));
    return combine(runs);
  },
};
