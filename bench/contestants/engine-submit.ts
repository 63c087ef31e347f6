/** `engine.submit` from many callers at once; the pools are paused, so everything waits. */
import type { Json } from '../../src/core/domain/json.ts';
import { noMetrics } from '../../src/core/ports/metrics.ts';
import { callFrom } from '../lib/callers.ts';
import { caller, openEngine } from '../lib/engine.ts';
import type { Sample } from '../lib/rounds.ts';
import { startStopwatch } from '../lib/stopwatch.ts';
import { withFolder } from '../lib/temp.ts';

interface Options {
  readonly tasks: number;
  readonly callers: number;
  readonly payload: Json;
}

export function run({ tasks, callers, payload }: Options): Promise<Sample> {
  return withFolder(async (folder) => {
    let commits = 0;
    const metrics = { ...noMetrics, commit: () => commits++ };
    const { engine, close } = await openEngine(folder, { metrics, slotsPerPool: 125, state: 'paused' });
    await engine.start();
    const submit = () => engine.submit({ type: 'noop', payload }, caller);
    await callFrom(callers, 5_000, submit); // warm up
    commits = 0;
    const watch = startStopwatch();
    await callFrom(callers, tasks, submit);
    const sample = { ...watch.per(tasks), commits: commits / tasks };
    await close();
    return sample;
  });
}
