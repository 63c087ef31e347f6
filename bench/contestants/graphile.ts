/**
 * graphile-worker on a PostgreSQL beside it, with the batching its documentation gives for throughput: a local queue of 500 and completions
 * in batches. The CPU time is that of this process alone, without PostgreSQL.
 */
import { Logger, makeWorkerUtils, run as runWorker, type WorkerUtils } from 'graphile-worker';
import { callFrom } from '../lib/callers.ts';
import type { Sample } from '../lib/rounds.ts';
import { startStopwatch } from '../lib/stopwatch.ts';

interface Options {
  readonly url: string;
  readonly what: 'submit' | 'drain';
  readonly tasks: number;
  readonly callers: number;
  readonly payload: Readonly<Record<string, unknown>>;
}

const logger = new Logger(() => () => {});

export async function run({ url, what, tasks, callers, payload }: Options): Promise<Sample> {
  const utils = await makeWorkerUtils({ connectionString: url, logger, maxPoolSize: 20 });
  try {
    await utils.migrate();
    await utils.withPgClient((client) => client.query('delete from graphile_worker._private_jobs'));
    if (what === 'submit') {
      const watch = startStopwatch();
      await callFrom(callers, tasks, () => utils.addJob('noop', payload));
      return watch.per(tasks);
    }
    await addAll(utils, tasks, payload);
    return await drain(url, tasks);
  } finally {
    await utils.release();
  }
}

async function addAll(utils: WorkerUtils, tasks: number, payload: Options['payload']): Promise<void> {
  for (let added = 0; added < tasks; added += 1_000) {
    const size = Math.min(1_000, tasks - added);
    await utils.addJobs(Array.from({ length: size }, () => ({ identifier: 'noop', payload })));
  }
  await utils.withPgClient((client) => client.query('analyze'));
}

async function drain(url: string, tasks: number): Promise<Sample> {
  let done = 0;
  let allDone = () => {};
  const finished = new Promise<void>((resolve) => {
    allDone = resolve;
  });
  const watch = startStopwatch();
  const runner = await runWorker({
    connectionString: url,
    logger,
    maxPoolSize: 20,
    noHandleSignals: true,
    taskList: {
      noop() {
        if (++done === tasks) allDone();
      },
    },
    preset: {
      worker: {
        concurrentJobs: 24,
        localQueue: { size: 500, refetchDelay: { durationMs: 10 } },
        completeJobBatchDelay: 0,
        failJobBatchDelay: 0,
      },
    },
  });
  await finished;
  await runner.stop(); // the last completions are committed when it returns
  return watch.per(tasks);
}
