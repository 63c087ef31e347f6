/** Tasks that wait because the pools are paused; then they are opened, and the clock runs until the last end is committed. */
import type { Json } from '../../src/core/domain/json.ts';
import { noMetrics } from '../../src/core/ports/metrics.ts';
import { completed, openEngine, setPools, submitMany } from '../lib/engine.ts';
import type { Sample } from '../lib/rounds.ts';
import { startStopwatch } from '../lib/stopwatch.ts';
import { withFolder } from '../lib/temp.ts';

interface Options {
  readonly tasks: number;
  /** Over all pools. */
  readonly slots: number;
  readonly payload: Json;
}

export function run({ tasks, slots, payload }: Options): Promise<Sample> {
  return withFolder(async (folder) => {
    let commits = 0;
    const metrics = { ...noMetrics, commit: () => commits++ };
    const { engine, close } = await openEngine(folder, { metrics, slotsPerPool: Math.ceil(slots / 8), state: 'paused' });
    await engine.start();
    await submitMany(engine, tasks, payload);
    commits = 0;
    const watch = startStopwatch();
    await setPools(engine, 'active');
    await completed(engine, tasks);
    const sample = { ...watch.per(tasks), commits: commits / tasks };
    await close();
    return sample;
  });
}
