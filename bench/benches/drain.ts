import { type Bench, payload } from '../lib/bench.ts';
import { runInChild } from '../lib/child.ts';
import { measuresOf } from '../lib/measures.ts';
import { bullmq, graphile } from '../lib/peers.ts';
import { type Contestant, interleave } from '../lib/rounds.ts';
import { stopwatchUnits } from '../lib/stopwatch.ts';

/** Decisions of one turn of the dispatcher: what shares a commit when the pools have room. */
const rawBatch = 500;

export const drain: Bench = {
  name: 'drain',
  summary: 'queued no-op tasks: claim, run, settle, log, all durable; against the same rows written raw, BullMQ, graphile-worker, plainjob',
  async run({ rounds, tasks = 100_000 }) {
    const options = { what: 'drain', tasks, payload, concurrency: 100 };
    const engine = (slots: number) => () => runInChild('bench/contestants/engine-drain.ts', { ...options, slots });
    const ours: Contestant = { name: 'taskrouterx', run: engine(1_000) };
    const contestants = [
      ours,
      { name: 'taskrouterx with 100 slots', run: engine(100) },
      { name: 'raw SQLite', run: () => runInChild('bench/contestants/raw.ts', { ...options, batch: rawBatch }) },
      ...bullmq(options),
      ...graphile(options),
      { name: 'plainjob FULL', run: () => runInChild('bench/contestants/plainjob.ts', { ...options, tasks: Math.ceil(tasks / 50) }) },
    ];
    return measuresOf('drain', await interleave(contestants, rounds), ours.name, { ...stopwatchUnits('task'), commits: 'commits/task' });
  },
};
