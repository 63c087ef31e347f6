import type { Bench } from '../lib/bench.ts';
import { task, underLoad } from '../lib/http.ts';
import { measuresOf } from '../lib/measures.ts';
import { startBare, startProduct } from '../lib/product.ts';
import { interleave } from '../lib/rounds.ts';
import { stopwatchUnits } from '../lib/stopwatch.ts';

export const httpEngine: Bench = {
  name: 'http-engine',
  summary: 'as http-submit, and the pools run what is submitted: simulated pools of no latency, everything recorded; against bare Fastify',
  async run({ rounds, seconds = 8 }) {
    const load = { path: '/api/v1/tasks', body: JSON.stringify(task), connections: 64, seconds, tasks: 1 };
    const ours = underLoad('taskrouterx', (folder) => startProduct(folder, { pools: 'active' }), load);
    const contestants = [ours, underLoad('bare Fastify', () => startBare(), load)];
    return measuresOf('http-engine', await interleave(contestants, rounds), ours.name, stopwatchUnits('request'));
  },
};
