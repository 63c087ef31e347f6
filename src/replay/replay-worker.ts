/** The thread's side of a replay: reads the record over a connection of its own, and tells how far it is. It ends when it is done or ended. */
import { parentPort, workerData } from 'node:worker_threads';
import { TaskRouterError } from '../core/domain/errors.ts';
import { replayHistory } from '../core/replay/history/replay-history.ts';
import { windowExtent } from '../core/replay/history/window-extent.ts';
import { openHistory } from '../store/open-history.ts';
import type { FromReplayThread, ReplayJob } from './thread-messages.ts';

if (!parentPort) throw new Error('replay-worker runs in a worker thread only');
const port = parentPort;
// The parent starts it with exactly this.
run(workerData as ReplayJob);

function run({ dataDir, request, setting }: ReplayJob): void {
  const history = openHistory(dataDir);
  try {
    const extent = windowExtent(history, request);
    tell({ kind: 'begun', tasks: extent.stored });
    const steps = replayHistory(history, extent, request, setting);
    let step = steps.next();
    for (; !step.done; step = steps.next()) tell({ kind: 'progress', done: step.value });
    tell({ kind: 'completed', result: step.value });
  } catch (error) {
    if (!(error instanceof TaskRouterError)) throw error; // the parent hears it
    tell({ kind: 'refused', message: error.message, errors: error.errors });
  } finally {
    history.close();
  }
}

function tell(message: FromReplayThread): void {
  port.postMessage(message);
}
