import { type Bench, payload } from '../lib/bench.ts';
import { runInChild } from '../lib/child.ts';
import { task, underLoad } from '../lib/http.ts';
import { measuresOf } from '../lib/measures.ts';
import { startProduct } from '../lib/product.ts';
import { interleave } from '../lib/rounds.ts';
import { stopwatchUnits } from '../lib/stopwatch.ts';

const size = 1_000;

export const httpBatch: Bench = {
  name: 'http-batch',
  summary: 'POST /tasks/batch of 1,000, 8 connections, durability full; against raw SQLite inserting the same rows, 1,000 a transaction',
  async run({ rounds, seconds = 8, tasks = 300_000 }) {
    const load = { path: '/api/v1/tasks/batch', body: JSON.stringify(new Array(size).fill(task)), connections: 8, seconds, tasks: size };
    const ours = underLoad('taskrouterx', (folder) => startProduct(folder, { pools: 'paused' }), load);
    const raw = () => runInChild('bench/contestants/raw.ts', { what: 'submit', tasks, batch: size, payload });
    const samples = await interleave([ours, { name: 'raw SQLite', run: raw }], rounds);
    return measuresOf('http-batch', samples, ours.name, stopwatchUnits('task'));
  },
};
