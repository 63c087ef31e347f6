import type { Bench } from '../lib/bench.ts';
import { task, underLoad } from '../lib/http.ts';
import { measuresOf } from '../lib/measures.ts';
import { startBare, startProduct, startStoreless } from '../lib/product.ts';
import { interleave } from '../lib/rounds.ts';
import { stopwatchUnits } from '../lib/stopwatch.ts';

export const httpSubmit: Bench = {
  name: 'http-submit',
  summary: 'POST /tasks, 64 connections, durability full, pools paused; against bare Fastify and one commit per request',
  async run({ rounds, seconds = 8 }) {
    const load = { path: '/api/v1/tasks', body: JSON.stringify(task), connections: 64, seconds, tasks: 1 };
    const ours = underLoad('taskrouterx', (folder) => startProduct(folder, { pools: 'paused' }), load);
    const contestants = [
      ours,
      underLoad('bare Fastify', () => startBare(), load),
      underLoad('our HTTP without store', () => startStoreless(), load),
      underLoad('one commit per request', (folder) => startBare(folder), load),
    ];
    return measuresOf('http-submit', await interleave(contestants, rounds), ours.name, stopwatchUnits('request'));
  },
};
