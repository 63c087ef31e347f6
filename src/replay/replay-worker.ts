/** The thread's side of a replay: reads the record over a connection of its own, and tells how far it is. It ends when it is done or ended. */
import { parentPort, workerData } from 'node:worker_threads';
import { TaskRouterError } from '../core/domain/errors.ts';
import { replayHistory } from '../core/replay/history/replay-history.ts';
import { windowExtent } from '../core/replay/history/window-extent.ts';
import { replayTrace } from '../core/replay/traced/replay-trace.ts';
import { lookAt } from '../core/replay/traced/traced-tasks.ts';
import { openHistory } from '../store/open-history.ts';
import { refusedTrace } from './refused-trace.ts';
import type { FromReplayThread, ReplayJob } from './thread-messages.ts';
import { tracedWork } from './traced-work.ts';

if (!parentPort) throw new Error('replay-worker runs in a worker thread only');
const port = parentPort;
// The parent starts it with exactly this.
void run(workerData as ReplayJob);

async function run(job: ReplayJob): Promise<void> {
  const history = openHistory(job.dataDir);
  try {
    const steps = job.request.source === undefined ? ownHistory(job, history) : await otherTasks(job, job.request.source, history);
    for (;;) {
      const step = await steps.next();
      if (step.done) return tell({ kind: 'completed', result: step.value });
      tell({ kind: 'progress', done: step.value });
    }
  } catch (error) {
    const refusal = error instanceof TaskRouterError ? error : refusedTrace(error);
    if (refusal === undefined) throw error; // the parent hears it
    tell({ kind: 'refused', message: refusal.message, errors: refusal.errors });
  } finally {
    history.close();
  }
}

function ownHistory({ request, setting }: ReplayJob, history: ReturnType<typeof openHistory>) {
  const extent = windowExtent(history, request);
  tell({ kind: 'begun', run: { tasks: extent.stored } });
  return replayHistory(history, extent, request, setting);
}

async function otherTasks(
  { request, setting, trace }: ReplayJob,
  source: NonNullable<ReplayJob['request']['source']>,
  history: ReturnType<typeof openHistory>,
) {
  const { rows, world } = await tracedWork(source, trace, request, setting, history);
  const look = await lookAt(rows, world.pools);
  tell({ kind: 'begun', run: { tasks: look.tasks, span: { from: look.first, to: look.last } } });
  return replayTrace(rows, look, world, request, setting.context);
}

function tell(message: FromReplayThread): void {
  port.postMessage(message);
}
