import { type Bench, payload } from '../lib/bench.ts';
import { runInChild } from '../lib/child.ts';
import { measuresOf } from '../lib/measures.ts';
import { interleave } from '../lib/rounds.ts';

const rates = [200, 2_000];

export const latency: Bench = {
  name: 'latency',
  summary: 'open loop at 200/s and 2,000/s: intended arrival to answer, start and committed end, coordinated omission counted in',
  async run({ rounds, seconds = 15 }) {
    const contestants = rates.map((rate) => ({
      name: `${rate}/s`,
      run: () => runInChild('bench/contestants/engine-latency.ts', { rate, seconds, payload }),
    }));
    const samples = await interleave(contestants, rounds);
    return rates.flatMap((rate) => {
      const own = new Map([[`${rate}/s`, samples.get(`${rate}/s`) ?? []]]);
      const units = ['answer', 'start', 'end'].flatMap((what) => [50, 99].map((percent) => [`${what} p${percent}`, 'ms']));
      const measures = measuresOf('latency', own, `${rate}/s`, Object.fromEntries(units));
      return measures.map((measure) => ({ ...measure, metric: `${rate}/s ${measure.metric}` }));
    });
  },
};
