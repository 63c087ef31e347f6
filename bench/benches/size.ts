import { join } from 'node:path';
import type { Bench } from '../lib/bench.ts';
import { runInChild } from '../lib/child.ts';
import { bytesIn } from '../lib/disk.ts';
import { measuresOf } from '../lib/measures.ts';
import { interleave, type Sample } from '../lib/rounds.ts';
import { withFolder } from '../lib/temp.ts';

const units = { queued: 'bytes on disk/task', finished: 'bytes on disk/task' };

export const size: Bench = {
  name: 'size',
  summary: 'bytes on disk per queued task and per finished one with its attempt and log, at 1M tasks, after a clean stop',
  async run({ rounds, tasks = 1_000_000 }) {
    const ours = { name: 'taskrouterx', run: () => withFolder((folder) => grow(join(folder, 'data'), tasks)) };
    // Nothing in it depends on the machine.
    return measuresOf('size', await interleave([ours], Math.min(rounds, 1)), ours.name, units);
  },
};

async function grow(dataDir: string, tasks: number): Promise<Sample> {
  const fill = (queued: number, finished: number) => runInChild('bench/contestants/fill.ts', { dataDir, queued, finished });
  await fill(0, 0);
  const empty = bytesIn(dataDir);
  await fill(tasks, 0);
  const queued = (bytesIn(dataDir) - empty) / tasks;
  await runInChild('bench/contestants/finish.ts', { dataDir });
  return { queued, finished: (bytesIn(dataDir) - empty) / tasks };
}
