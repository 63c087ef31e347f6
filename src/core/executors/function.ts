import PQueue from 'p-queue';
import type { Outcome } from '../domain/attempt.ts';
import type { Pool } from '../domain/pool.ts';
import type { Ms } from '../domain/units.ts';
import type { Clock } from '../ports/clock.ts';
import type { AttemptHandle, Executor } from '../ports/executor.ts';
import type { HandlerSet } from './handlers-loader.ts';
import { createThread, type HandlerReport } from './thread.ts';
import { createThreadLimit } from './thread-limit.ts';
import { createThreadPool } from './thread-pool.ts';

export interface FunctionExecutorDeps {
  readonly clock: Clock;
  readonly handlers: HandlerSet;
  readonly onReport?: (attempt: AttemptHandle, report: HandlerReport) => void;
}

export interface FunctionExecutorOptions {
  /**
   * Attempts with a thread of their own at once, over all pools, >= 1; more wait for a thread. Types that share a thread come on top. Parts of a
   * task get theirs together: more parts than this wait for all threads, and have one each all the same.
   */
  readonly maxThreads?: number;
  /** Heap of one thread, in MiB. */
  readonly heapMb?: number;
  /** A thread that nobody used for so long is ended, so an idle server holds none. */
  readonly idleMs?: Ms;
  /** A larger result, in characters of JSON, fails the attempt. */
  readonly maxResultChars?: number;
}

const stopped: Outcome = { kind: 'stopped' };

/**
 * Real work: handlers in worker threads, where a loop cannot block the server and can be ended. Threads are no sandbox: handlers are the
 * operator's own code. See docs/adr/0004-function-threads.md.
 */
export function createFunctionExecutor(deps: FunctionExecutorDeps, options: FunctionExecutorOptions = {}): Executor {
  const { clock, handlers, onReport = () => {} } = deps;
  const { maxThreads = 16, heapMb = 256, idleMs = 30_000, maxResultChars = 1_048_576 } = options;
  const startThread = () => createThread({ clock, onReport }, { files: handlers.files, maxResultChars, heapMb });
  const threads = createThreadPool({ clock, startThread }, { idleMs });
  const threadLimit = createThreadLimit(maxThreads);
  const poolLimits = new Map<string, PQueue>();
  let isClosed = false;

  /** The engine owns the count and hands over no more than fits; this holds what a lowered capacity leaves over. */
  function limitOf({ name, capacity }: Pool): PQueue {
    const concurrency = Math.max(1, capacity);
    const known = poolLimits.get(name);
    if (!known) {
      const limit = new PQueue({ concurrency });
      poolLimits.set(name, limit);
      return limit;
    }
    if (known.concurrency !== concurrency) known.concurrency = concurrency;
    return known;
  }

  function runOnThread(attempt: AttemptHandle, shared: boolean): Promise<Outcome> {
    const { type } = attempt.task;
    if (shared) return threads.together(type, (thread) => thread.run(attempt));
    return threadLimit.run(attempt, () =>
      threads.alone((thread) => {
        attempt.begun?.();
        return thread.run(attempt);
      }),
    );
  }

  return {
    name: 'function',
    types: [...handlers.types.keys()],
    async run(attempt) {
      if (isClosed) return stopped;
      const { type } = attempt.task;
      const handler = handlers.types.get(type);
      if (!handler)
        return {
          kind: 'failed',
          code: 'handler_error',
          message: `This server has no handler for the task type ${type}.`,
          retryable: false,
        };
      try {
        const start = async () => (isClosed ? stopped : runOnThread(attempt, handler.shared));
        // A part that waited alone for its pool would keep the others waiting for it.
        return await (attempt.part === undefined ? whenRoom(limitOf(attempt.pool), attempt, start) : start());
      } catch (error) {
        return { kind: 'lost', message: `No thread could be started: ${error instanceof Error ? error.message : String(error)}` };
      }
    },
    async close() {
      isClosed = true;
      await threads.close();
    },
  };
}

/**
 * Runs `start` when `limit` has room; stopped before that, it never starts. The signal is not given to p-queue, which would
 * call an attempt over, and its room free, while it still runs.
 */
function whenRoom(limit: PQueue, attempt: AttemptHandle, start: () => Promise<Outcome>): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    let isStopped = false;
    const leave = attempt.onStop(() => {
      isStopped = true;
      resolve(stopped);
    });
    const begin = async () => {
      leave();
      return isStopped ? stopped : await start();
    };
    limit.add(begin).then(resolve, reject);
  });
}
