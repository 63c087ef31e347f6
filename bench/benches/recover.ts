import { cpSync } from 'node:fs';
import { join } from 'node:path';
import type { Bench } from '../lib/bench.ts';
import { runInChild } from '../lib/child.ts';
import { measuresOf } from '../lib/measures.ts';
import { startProduct } from '../lib/product.ts';
import { type Contestant, interleave } from '../lib/rounds.ts';
import { withFolder } from '../lib/temp.ts';

const units = { seconds: 's', bytes: 'bytes of memory/task' };

export const recover: Bench = {
  name: 'recover',
  summary: 'opening a database with 1M queued tasks until ready, against reading the same rows; with 100k, process start included',
  run: ({ rounds, tasks = 1_000_000 }) =>
    withFolder(async (folder) => {
      const many = join(folder, 'many');
      const few = join(folder, 'few');
      await runInChild('bench/contestants/fill.ts', { dataDir: many, finished: 0, queued: tasks });
      await runInChild('bench/contestants/fill.ts', { dataDir: join(few, 'data'), finished: 0, queued: Math.ceil(tasks / 10) });

      const ours: Contestant = { name: 'taskrouterx', run: () => runInChild('bench/contestants/engine-recover.ts', { dataDir: many }) };
      const raw: Contestant = { name: 'raw SQLite read', run: () => runInChild('bench/contestants/raw-recover.ts', { dataDir: many }) };
      const server: Contestant = { name: 'server', run: () => startOn(few) };
      const samples = await interleave([ours, raw, server], rounds);
      const named = (name: string) => new Map([...samples].filter(([each]) => (name === 'server') === (each === 'server')));
      return [
        ...measuresOf('recover', named(ours.name), ours.name, units).map((one) => ({ ...one, metric: `${tasks} queued: ${one.metric}` })),
        ...measuresOf('recover', named('server'), 'server', units).map((one) => ({
          ...one,
          metric: `${Math.ceil(tasks / 10)} queued, with process start: ${one.metric}`,
        })),
      ];
    }),
};

/** From the start of the process until it says that it is ready. */
function startOn(filled: string) {
  return withFolder(async (folder) => {
    cpSync(filled, folder, { recursive: true });
    const startedMs = performance.now();
    const server = await startProduct(folder, { pools: 'paused' });
    const seconds = (performance.now() - startedMs) / 1_000;
    await server.stop('SIGKILL');
    return { seconds };
  });
}
