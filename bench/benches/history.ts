import type { Bench } from '../lib/bench.ts';
import { runInChild } from '../lib/child.ts';
import { type Measure, measuresOf } from '../lib/measures.ts';
import { interleave } from '../lib/rounds.ts';
import { withFolder } from '../lib/temp.ts';

const units = { seconds: 's', cpuSeconds: 's of CPU', heapMb: 'MiB of heap at most' };

export const history: Bench = {
  name: 'history',
  summary: "a replay of 1M tasks of a server's own record: what decided and one strategy, in one pass",
  async run({ rounds, tasks = 1_000_000 }): Promise<readonly Measure[]> {
    const contestant = (strategy: string) => ({
      name: strategy,
      run: () => withFolder((dataDir) => runInChild('bench/contestants/history.ts', { dataDir, tasks, strategy })),
    });
    const samples = await interleave(['fifo', 'min_cost', 'region_aware'].map(contestant), rounds);
    return [...samples].flatMap(([name, taken]) =>
      measuresOf('history', new Map([[name, taken]]), name, units).map((one) => ({
        ...one,
        metric: `${tasks} tasks, ${name}: ${one.metric}`,
      })),
    );
  },
};
