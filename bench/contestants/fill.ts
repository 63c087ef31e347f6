/** Fills a data folder through the engine: so many tasks that have ended, then so many that wait. */

import { payload } from '../lib/bench.ts';
import { completed, openEngine, setPools, submitMany } from '../lib/engine.ts';

interface Options {
  readonly dataDir: string;
  readonly finished: number;
  readonly queued: number;
}

/** So many wait at once meanwhile: a queue as long as that of a busy server. */
const share = 50_000;

export async function run({ dataDir, finished, queued }: Options): Promise<object> {
  const { engine, store, close } = await openEngine(dataDir, { slotsPerPool: 125, state: 'active', durability: 'normal' });
  await engine.start();
  const { completedEver } = store.counts();
  for (let done = 0; done < finished; done += share) {
    await submitMany(engine, Math.min(share, finished - done), payload);
    await completed(engine, completedEver + Math.min(done + share, finished));
  }
  if (queued > 0) await setPools(engine, 'paused');
  await submitMany(engine, queued, payload);
  await close();
  return {};
}
