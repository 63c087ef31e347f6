import type { AttemptOutcome, Progress } from '../domain/attempt.ts';
import type { EndedParent } from '../domain/dependency.ts';
import type { Pool } from '../domain/pool.ts';
import type { Task } from '../domain/task.ts';
import type { Seq } from '../domain/units.ts';
import type { StopReason } from '../domain/verdict.ts';
import type { AttemptHandle } from '../ports/executor.ts';
import type { Timer } from './timers.ts';

const noParents: readonly EndedParent[] = [];
const none: readonly (() => void)[] = [];

/** One attempt that was handed to an executor and is not settled yet. */
export class RunningAttempt implements AttemptHandle {
  readonly task: Task;
  readonly pool: Pool;
  readonly startedMs: number;
  /** Of a task of several parts: the pool of each. */
  readonly parts: readonly Pool[] | undefined;
  parents: readonly EndedParent[] = noParents;
  timeout: Timer | undefined;
  /** It runs on another machine and outlives this server. */
  isAway = false;
  onAway: (() => void) | undefined;
  /** What its work said last of how far it is. */
  progress: Progress | undefined;
  onProgress: ((attempt: RunningAttempt, ratio: number, note: string | null) => void) | undefined;
  onBegun: ((attempt: RunningAttempt) => void) | undefined;
  #stop: StopReason | undefined;
  #controller: AbortController | undefined;
  #listeners: readonly (() => void)[] = none;
  #settled: ((outcome: AttemptOutcome | undefined) => void) | undefined;

  /** @param startedMs monotonic */
  constructor(task: Task, pool: Pool, startedMs: number, parts?: readonly Pool[]) {
    this.task = task;
    this.pool = pool;
    this.startedMs = startedMs;
    this.parts = parts;
  }

  get attempt(): number {
    return this.task.attempt;
  }

  /** Made on first use: most attempts end without anyone asking. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#stop !== undefined) this.#controller.abort(this.#stop);
    }
    return this.#controller.signal;
  }

  onStop(listener: () => void): () => void {
    if (this.#stop !== undefined) listener();
    else this.#listeners = [...this.#listeners, listener];
    return () => {
      this.#listeners = this.#listeners.filter((each) => each !== listener);
    };
  }

  begun(): void {
    this.onBegun?.(this);
  }

  progressed(ratio: number, note: string | null): void {
    this.onProgress?.(this, ratio, note);
  }

  away(): void {
    if (this.isAway) return;
    this.isAway = true;
    this.onAway?.();
  }

  onSettled(listener: (outcome: AttemptOutcome | undefined) => void): void {
    this.#settled = listener;
  }

  /** Its end is committed; `undefined`: it had ended before. */
  settled(outcome: AttemptOutcome | undefined): void {
    this.#settled?.(outcome);
  }

  get stopReason(): StopReason | undefined {
    return this.#stop;
  }

  /** Asks the executor to stop. The first reason stands, but a cancel outranks the others: it was promised to the client. */
  stop(reason: StopReason): void {
    if (this.#stop === undefined || reason === 'cancel') this.#stop = reason;
    this.#controller?.abort(this.#stop);
    const listeners = this.#listeners;
    this.#listeners = none;
    for (const listener of listeners) listener();
  }
}

export interface Running {
  readonly size: number;
  get(seq: Seq): RunningAttempt | undefined;
  add(attempt: RunningAttempt): void;
  remove(seq: Seq): void;
  all(): Iterable<RunningAttempt>;
  /** Settles when nothing runs in this server (at once when nothing does). */
  idle(): Promise<void>;
}

export function createRunning(): Running {
  const attempts = new Map<Seq, RunningAttempt>();
  let waiters: (() => void)[] = [];
  let away = 0;

  function tellIdle(): void {
    if (attempts.size > away) return;
    const woken = waiters;
    waiters = [];
    for (const wake of woken) wake();
  }

  return {
    get size() {
      return attempts.size;
    },
    get: (seq) => attempts.get(seq),
    add(attempt) {
      attempts.set(attempt.task.seq, attempt);
      attempt.onAway = () => {
        away++;
        tellIdle();
      };
    },
    remove(seq) {
      if (attempts.get(seq)?.isAway === true) away--;
      attempts.delete(seq);
      tellIdle();
    },
    all: () => attempts.values(),
    idle: () => (attempts.size === away ? Promise.resolve() : new Promise((resolve) => waiters.push(resolve))),
  };
}
