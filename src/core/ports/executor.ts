import type { Outcome } from '../domain/attempt.ts';
import type { ExecutorName, Pool } from '../domain/pool.ts';
import type { Task } from '../domain/task.ts';

/** One attempt handed to an executor, after its COMMIT. */
export interface AttemptHandle {
  readonly task: Task;
  /** `task.attempt`, the fencing token. */
  readonly attempt: number;
  readonly pool: Pool;
  /** Raised on timeout, deadline, cancel and forced shutdown; made on first use. */
  readonly signal: AbortSignal;
  /**
   * Calls `listener` once when `signal` is raised, at once when it is already: for executors with nothing to hand a signal to, as making
   * one costs more than a short attempt. Returns how to take the listener away.
   */
  onStop(listener: () => void): () => void;
  /** Where the work had to wait for a thread: it begins now, and its time limit counts from here. */
  begun?(): void;
}

/**
 * Runs attempts of the pools that name it. Owns no capacity: the engine never hands over more than a pool holds.
 * `run` never rejects and settles exactly once; after `signal` is raised it settles within 2 s.
 */
export interface Executor {
  readonly name: ExecutorName;
  /** Types it can run, or `undefined` for any. Fixed once the server is ready. */
  readonly types: readonly string[] | undefined;
  run(attempt: AttemptHandle): Promise<Outcome>;
  /** Stops what still runs and gives threads and timers back. */
  close(): Promise<void>;
}
