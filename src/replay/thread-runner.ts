import { TaskRouterError } from '../core/domain/errors.ts';
import { startWorker } from '../core/executors/worker-file.ts';
import type { ReplayRunner } from '../core/ports/replay-runner.ts';
import type { StrategyContext } from '../core/strategies/registry.ts';
import type { FromReplayThread, ReplayJob } from './thread-messages.ts';

interface ThreadRunnerOptions {
  /** Folder of the database, which a store of this process has open: closing another connection to it then frees no lock. */
  readonly dataDir: string;
  readonly context: StrategyContext;
}

/** The heap of a replay, in MiB: it grows with the tasks that are open at once. */
const heapMb = 1_024;

/** Each replay in a thread of its own, which ends with it. To cancel it is to end the thread: it only reads. */
export function createThreadRunner({ dataDir, context }: ThreadRunnerOptions): ReplayRunner {
  return {
    start(request, runnable, listener, trace) {
      const workerData: ReplayJob = { dataDir, request, setting: { runnable, context }, trace };
      const worker = startWorker(
        'replay-worker',
        {
          ...{ name: 'replay', workerData, env: {}, argv: [], execArgv: [], resourceLimits: { maxOldGenerationSizeMb: heapMb } },
          transferList: trace === undefined ? [] : [trace.buffer],
        },
        import.meta.url,
      );
      // A server that stops does not wait for it.
      worker.unref();
      return new Promise((resolve, reject) => {
        let isOver = false;
        let isBegun = false;
        const over = (tell: () => void) => {
          if (isOver) return;
          isOver = true;
          tell();
        };
        const fail = (reason: string) => {
          reject(new Error(reason)); // nothing, when it had begun
          listener.failed(reason);
        };
        const cancel = () => {
          isOver = true;
          void worker.terminate();
        };
        worker.on('message', (message: FromReplayThread) => {
          if (isOver) return;
          if (message.kind === 'begun') {
            isBegun = true;
            resolve({ ...message.run, cancel });
          } else if (message.kind === 'progress') listener.progress(message.done);
          else if (message.kind === 'completed') over(() => listener.completed(message.result));
          else if (isBegun) over(() => listener.failed(message.message));
          else over(() => reject(new TaskRouterError('validation_failed', message.message, { errors: message.errors })));
        });
        worker.once('error', (error: unknown) =>
          over(() => fail(`the replay ended with a fault: ${error instanceof Error ? error.message : String(error)}`)),
        );
        worker.once('exit', (code) => over(() => fail(`the thread of the replay ended by itself (${code})`)));
      });
    },
  };
}
