import { type Bench, payload } from '../lib/bench.ts';
import { runInChild } from '../lib/child.ts';
import { measuresOf } from '../lib/measures.ts';
import { bullmq } from '../lib/peers.ts';
import { type Contestant, interleave } from '../lib/rounds.ts';
import { stopwatchUnits } from '../lib/stopwatch.ts';

const callers = 64;

export const submit: Bench = {
  name: 'submit',
  summary: 'engine.submit from 64 callers, durability full, pools paused; against BullMQ add and plainjob add',
  async run({ rounds, tasks = 100_000 }) {
    const options = { what: 'submit', callers, payload };
    const ours: Contestant = { name: 'taskrouterx', run: () => runInChild('bench/contestants/engine-submit.ts', { ...options, tasks }) };
    const contestants = [
      ours,
      ...bullmq({ ...options, tasks }),
      // One commit each makes it the slowest: fewer jobs measure the same.
      { name: 'plainjob FULL', run: () => runInChild('bench/contestants/plainjob.ts', { ...options, tasks: Math.ceil(tasks / 50) }) },
    ];
    return measuresOf('submit', await interleave(contestants, rounds), ours.name, { ...stopwatchUnits('submit'), commits: 'commits/task' });
  },
};
