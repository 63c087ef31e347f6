/** BullMQ on a Redis beside it: adds from many callers, or drains a full queue. The CPU time is that of this process alone, without Redis. */
import { Queue, Worker } from 'bullmq';
import { callFrom } from '../lib/callers.ts';
import type { Sample } from '../lib/rounds.ts';
import { startStopwatch } from '../lib/stopwatch.ts';

interface Options {
  readonly port: number;
  readonly what: 'submit' | 'drain';
  readonly tasks: number;
  readonly callers: number;
  readonly concurrency: number;
  readonly payload: unknown;
}

export async function run({ port, what, tasks, callers, concurrency, payload }: Options): Promise<Sample> {
  const connection = { host: '127.0.0.1', port };
  const queue = new Queue(`bench-${process.pid}`, { connection });
  try {
    if (what === 'submit') {
      await callFrom(callers, Math.min(tasks, 5_000), () => queue.add('noop', payload)); // warm up
      const watch = startStopwatch();
      await callFrom(callers, tasks, () => queue.add('noop', payload));
      return watch.per(tasks);
    }
    await addAll(queue, tasks, payload);
    return await drain(queue.name, connection, tasks, concurrency);
  } finally {
    await queue.obliterate({ force: true });
    await queue.close();
  }
}

async function addAll(queue: Queue, tasks: number, payload: unknown): Promise<void> {
  for (let added = 0; added < tasks; added += 1_000) {
    const size = Math.min(1_000, tasks - added);
    await queue.addBulk(Array.from({ length: size }, () => ({ name: 'noop', data: payload })));
  }
}

function drain(name: string, connection: { host: string; port: number }, tasks: number, concurrency: number): Promise<Sample> {
  let done = 0;
  return new Promise((resolve, reject) => {
    const worker = new Worker(name, async () => null, { connection, concurrency, autorun: false });
    const watch = startStopwatch();
    worker.on('completed', () => {
      if (++done < tasks) return;
      const sample = watch.per(tasks);
      worker.close().then(() => resolve(sample), reject);
    });
    worker.on('error', reject);
    worker.run().catch(reject);
  });
}
