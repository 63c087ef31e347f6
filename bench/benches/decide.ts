import type { Bench } from '../lib/bench.ts';
import { runInChild } from '../lib/child.ts';
import { combine } from '../lib/measures.ts';
import type { Metric } from '../metric.ts';

export const decide: Bench = {
  name: 'decide',
  summary: '1M waiting, 10,000 pools, all full: finish + submit + decide, per strategy; against a scan of the pools and heaps of objects',
  async run({ rounds, tasks = 1_000_000, strategies }) {
    const runs: (readonly Metric[])[] = [];
    for (let round = 0; round < rounds; round++) {
      runs.push(await runInChild<readonly Metric[]>('bench/contestants/decide.ts', { waiting: tasks, strategies }));
      console.error(`round ${round + 1}/${rounds}`);
    }
    return combine(runs);
  },
};
