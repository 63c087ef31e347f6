/** Open loop: tasks arrive at a rate, and each is followed from its intended arrival to its start and its committed end. */
import { Worker } from 'node:worker_threads';
import type { Json } from '../../src/core/domain/json.ts';
import { compiled } from '../lib/build.ts';
import { caller, completed, noop, openEngine } from '../lib/engine.ts';
import type { Sample } from '../lib/rounds.ts';
import { quantile } from '../lib/statistics.ts';
import { withFolder } from '../lib/temp.ts';

interface Options {
  /** Tasks per second. */
  readonly rate: number;
  readonly seconds: number;
  readonly payload: Json;
}

export function run({ rate, seconds, payload }: Options): Promise<Sample> {
  return withFolder(async (folder) => {
    const arrivals = new Map<number, number>();
    const starts: number[] = [];
    const ends: number[] = [];
    const answers: number[] = [];
    const executor = {
      ...noop,
      run: (attempt: Parameters<typeof noop.run>[0]) => {
        const arrived = attempt.task.metadata?.['arrived'] as number;
        arrivals.set(attempt.task.seq, arrived);
        starts.push(epochMs() - arrived);
        return noop.run(attempt);
      },
    };
    const { engine, close } = await openEngine(folder, { slotsPerPool: 125, state: 'active', executor });
    await engine.start();

    const submit = (arrived: number) => engine.submit({ type: 'noop', payload, metadata: { arrived } }, caller);
    const warmUp = await follow(rate * 2, rate, 1, submit);
    await completed(engine, warmUp);
    const unsubscribe = engine.events.onEntries((entries) => {
      const now = epochMs();
      for (const { type, taskSeq } of entries)
        if (type === 'completed' && taskSeq !== null) ends.push(now - (arrivals.get(taskSeq) ?? now));
    });
    starts.length = 0;
    const count = rate * seconds;
    await follow(count, rate, 2, async (arrived) => {
      await submit(arrived);
      answers.push(epochMs() - arrived);
    });
    await completed(engine, warmUp + count);
    unsubscribe();
    await close();
    return { ...spread('answer', answers), ...spread('start', starts), ...spread('end', ends) };
  });
}

/** Calls `submit` for each of `count` arrivals. @returns how many there were, when all were answered. */
function follow(count: number, rate: number, seed: number, submit: (arrived: number) => Promise<unknown>): Promise<number> {
  return new Promise((resolve, reject) => {
    let answered = 0;
    const worker = new Worker(compiled('bench/contestants/arrivals.ts'), { workerData: { rate, count, seed } });
    worker.on('error', reject);
    worker.on('message', (arrived: number) => {
      submit(arrived).then(() => {
        if (++answered === count) resolve(count);
      }, reject);
    });
  });
}

function spread(name: string, values: readonly number[]): Sample {
  return { [`${name} p50`]: quantile(values, 0.5), [`${name} p99`]: quantile(values, 0.99) };
}

function epochMs(): number {
  return performance.timeOrigin + performance.now();
}
