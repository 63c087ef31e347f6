import type { Outcome } from '../domain/attempt.ts';
import type { Dependencies, EndedParent } from '../domain/dependency.ts';
import type { Pool } from '../domain/pool.ts';
import type { Task } from '../domain/task.ts';
import type { Seq } from '../domain/units.ts';
import type { Clock } from '../ports/clock.ts';
import type { AttemptHandle, Executor } from '../ports/executor.ts';
import type { Metrics } from '../ports/metrics.ts';
import { type PartPlace, runParts } from './parts.ts';
import { type Running, RunningAttempt } from './running.ts';
import type { Settle } from './settle.ts';
import type { Timer, Timers } from './timers.ts';

export interface Attempts {
  /** Hands a claimed task to the executor of its pool. @param parts of a task of several: the pool of each, and each is handed over */
  begin(task: Task, pool: Pool, parts?: readonly Pool[]): void;
  /** Takes up an attempt that runs on nodes since an earlier start of the server, `serverEpoch`. @param places the pool and node of each part */
  adopt(task: Task, places: readonly NodePlace[], serverEpoch: number): void;
  /** A cancel was committed while the task was processing. */
  cancel(seq: Seq): void;
  /** The deadline passed; `false` when the task does not run. */
  expire(seq: Seq): boolean;
}

/** Where an attempt, or a part of one, runs. */
export interface NodePlace {
  readonly pool: Pool;
  readonly node: string;
}

interface AttemptsDeps {
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly running: Running;
  readonly timers: Timers;
  readonly settle: Settle;
  readonly executorOf: (pool: Pool) => Executor;
  readonly endedParents: (dependsOn: Dependencies) => Promise<readonly EndedParent[]>;
}

/** Starts attempts and asks them to stop: on timeout, deadline and cancel. */
export function createAttempts({ clock, metrics, running, timers, settle, executorOf, endedParents }: AttemptsDeps): Attempts {
  function begin(task: Task, pool: Pool, parts?: readonly Pool[]): void {
    const attempt = new RunningAttempt(task, pool, clock.monotonicMs(), parts);
    running.add(attempt);
    attempt.timeout = timers.add(task.timeoutMs, task.seq, onTimeout);
    if (task.deadline !== null && task.deadline <= clock.now()) attempt.stop('deadline');
    metrics.waited(((task.startedAt ?? task.readyAt) - task.readyAt) / 1_000);
    attempt.onBegun = rearm;
    attempt.onProgress = progressed;
    follow(attempt, outcomeOf(attempt));
  }

  function adopt(task: Task, places: readonly NodePlace[], serverEpoch: number): void {
    const [{ pool }] = places as readonly [NodePlace, ...NodePlace[]]; // every task has a part
    // The wall clock may have been set since: never more than a whole time limit is left, and never less than none.
    const ranMs = Math.min(task.timeoutMs, Math.max(0, clock.now() - (task.startedAt ?? 0)));
    const parts = task.parts === 1 ? undefined : places.map((place) => place.pool);
    const attempt = new RunningAttempt(task, pool, clock.monotonicMs() - ranMs, parts);
    running.add(attempt);
    attempt.onProgress = progressed;
    attempt.away();
    attempt.timeout = timers.add(task.timeoutMs - ranMs, task.seq, onTimeout);
    if (task.cancelRequestedAt !== null) attempt.stop('cancel');
    const adoptOne = (handle: AttemptHandle) => {
      const { remote } = executorOf(handle.pool);
      const { node } = places[handle.part?.index ?? 0] ?? {};
      if (remote === undefined || node === undefined) throw new Error(`pool ${handle.pool.name} runs nothing on nodes`);
      return remote.adopt(handle, node, serverEpoch);
    };
    // Which of them had begun is not known, and those that had say nothing more of it: nobody waits.
    const begun = parts?.map((each) => ({ ...placeOf(each), tellsReady: false }));
    follow(attempt, begun === undefined ? adoptOne(attempt) : runParts(attempt, begun, adoptOne));
  }

  function placeOf(pool: Pool): PartPlace {
    const { remote, tellsReady = false } = executorOf(pool);
    return { pool, isRemote: remote !== undefined, tellsReady };
  }

  function follow(attempt: RunningAttempt, ending: Promise<Outcome>): void {
    ending.then(
      (outcome) => settle.ended(attempt, outcome),
      // The port says it never rejects; if one does, the attempt is lost and not the server.
      (error: unknown) => settle.ended(attempt, { kind: 'lost', message: error instanceof Error ? error.message : 'the executor failed' }),
    );
  }

  /** Async, so that an executor that throws at once is heard like one that rejects. */
  async function outcomeOf(attempt: RunningAttempt): Promise<Outcome> {
    const { seq, dependsOn } = attempt.task;
    if (dependsOn !== null)
      attempt.parents = await endedParents(dependsOn).catch((error: unknown) => {
        for (const pool of attempt.parts ?? [attempt.pool]) executorOf(pool).remote?.unreserve(seq);
        throw error;
      });
    if (attempt.parts !== undefined) return runParts(attempt, attempt.parts.map(placeOf), (part) => executorOf(part.pool).run(part));
    return executorOf(attempt.pool).run(attempt);
  }

  /** The work begins only now: the time it waited for a thread is not the time it ran. */
  function rearm(attempt: RunningAttempt): void {
    if (attempt.timeout === undefined || running.get(attempt.task.seq) !== attempt) return;
    timers.remove(attempt.timeout);
    attempt.timeout = timers.add(attempt.task.timeoutMs, attempt.task.seq, onTimeout);
  }

  function progressed(attempt: RunningAttempt, ratio: number, note: string | null): void {
    attempt.progress = { ratio, note, at: clock.now() };
  }

  function onTimeout(timer: Timer): void {
    const attempt = running.get(timer.seq);
    if (attempt?.timeout === timer) attempt.stop('timeout');
  }

  function cancel(seq: Seq): void {
    // Claim and cancel may share a commit, and then this answer can overtake the start: look again when the turn is over.
    if (running.get(seq) === undefined) clock.soon(() => running.get(seq)?.stop('cancel'));
    else running.get(seq)?.stop('cancel');
  }

  function expire(seq: Seq): boolean {
    const attempt = running.get(seq);
    attempt?.stop('deadline');
    return attempt !== undefined;
  }

  return { begin, adopt, cancel, expire };
}
