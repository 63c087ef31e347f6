/** plainjob, a queue on better-sqlite3, with `synchronous=FULL`: durable like ours, one commit per job, no log. */
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { better, defineQueue, defineWorker } from 'plainjob';
import type { Sample } from '../lib/rounds.ts';
import { startStopwatch } from '../lib/stopwatch.ts';
import { withFolder } from '../lib/temp.ts';

interface Options {
  readonly what: 'submit' | 'drain';
  readonly tasks: number;
  readonly payload: unknown;
}

const silent = { error() {}, warn() {}, info() {}, debug() {} };

export function run({ what, tasks, payload }: Options): Promise<Sample> {
  return withFolder(async (folder) => {
    const connection = better(new Database(join(folder, 'jobs.sqlite')));
    const queue = defineQueue({ connection, logger: silent });
    connection.pragma('synchronous = FULL'); // it sets NORMAL itself
    try {
      return what === 'submit' ? submit() : await drain();
    } finally {
      queue.close();
    }

    function submit(): Sample {
      const watch = startStopwatch();
      for (let i = 0; i < tasks; i++) queue.add('noop', payload);
      return watch.per(tasks);
    }

    async function drain(): Promise<Sample> {
      for (let added = 0; added < tasks; added += 1_000) queue.addMany('noop', new Array(Math.min(1_000, tasks - added)).fill(payload));
      return new Promise((resolve, reject) => {
        let done = 0;
        const watch = startStopwatch();
        const worker = defineWorker('noop', () => {}, {
          queue,
          logger: silent,
          onCompleted() {
            if (++done < tasks) return;
            const sample = watch.per(tasks);
            worker.stop().then(() => resolve(sample), reject);
          },
        });
        worker.start().catch(reject);
      });
    }
  });
}
