import type { Outcome } from '../domain/attempt.ts';
import { priceOfRun } from '../domain/cost.ts';
import type { RetryPolicy } from '../domain/retry.ts';
import { entryOf, type Task } from '../domain/task.ts';
import { isTerminal } from '../domain/task-status.ts';
import type { EpochMs } from '../domain/units.ts';
import { verdictOf } from '../domain/verdict.ts';
import type { Clock } from '../ports/clock.ts';
import type { Metrics } from '../ports/metrics.ts';
import type { Random } from '../ports/random.ts';
import type { Settlement, SettleReceipt, TaskStore } from '../ports/task-store.ts';
import type { SchedulingCore } from '../scheduling/core.ts';
import type { Backlog } from './backlog.ts';
import type { Cooling } from './cooling.ts';
import type { Due } from './due.ts';
import type { Running, RunningAttempt } from './running.ts';
import { slicesOf } from './slices.ts';
import type { StorageWatch } from './storage-watch.ts';
import type { Timers } from './timers.ts';

/** Rows of one transaction, as for decisions. */
const endsPerCommit = 500;

export interface Settle {
  /** An executor returned. */
  ended(attempt: RunningAttempt, outcome: Outcome): void;
  readonly settled: number;
  readonly notSucceeded: number;
}

interface SettleDeps {
  readonly store: TaskStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly metrics: Metrics;
  readonly core: SchedulingCore;
  readonly running: Running;
  readonly timers: Timers;
  readonly due: Due;
  readonly cooling: Pick<Cooling, 'ended'>;
  readonly backlog: Backlog;
  readonly watchDeadline: (task: Task, deadline: EpochMs) => void;
  readonly storage: StorageWatch;
  readonly retry: RetryPolicy;
  readonly wake: () => void;
  readonly failed: (error: unknown) => void;
}

interface Ended {
  readonly attempt: RunningAttempt;
  readonly settlement: Settlement;
}

/**
 * Applies what attempts returned: to the task, its slots, its cost. All outcomes of a turn share one call. The slot is held until the
 * end is committed, so a crash in between finds the attempt open and loses nothing.
 */
export function createSettle(deps: SettleDeps): Settle {
  const { store, clock, random, metrics, core, running, timers, due, cooling, backlog, watchDeadline, storage, retry, wake, failed } = deps;
  let batch: Ended[] = [];
  let settled = 0;
  let notSucceeded = 0;

  function ended(attempt: RunningAttempt, outcome: Outcome): void {
    if (attempt.timeout !== undefined) timers.remove(attempt.timeout);
    // In this turn still: outcomes that came together, such as a report of a node, share the commit that is due now.
    if (batch.length === 0) queueMicrotask(() => void flush().catch(failed));
    batch.push({ attempt, settlement: settlementOf(attempt, outcome) });
  }

  function settlementOf(attempt: RunningAttempt, outcome: Outcome): Settlement {
    const { task, pool, parts } = attempt;
    const at = clock.now();
    const verdict = verdictOf(task, outcome, attempt.stopReason, at, random.next(), retry);
    return {
      seq: task.seq,
      attempt: attempt.attempt,
      at,
      durationMs: Math.round(clock.monotonicMs() - attempt.startedMs),
      cost: verdict.verb === 'release' ? 0 : priceOfRun(task.cost, parts ?? [pool]),
      verdict,
    };
  }

  async function flush(): Promise<void> {
    const ends = batch;
    batch = [];
    await Promise.all(slicesOf(ends, endsPerCommit).map(settleTogether));
  }

  async function settleTogether(ends: readonly Ended[]): Promise<void> {
    const settlements = ends.map((end) => end.settlement);
    const receipts = await storage.persist(() => store.settleAttempts(settlements));
    for (const [i, receipt] of receipts.entries()) apply(ends[i] as Ended, receipt); // same length
    wake();
  }

  function apply({ attempt, settlement }: Ended, receipt: SettleReceipt): void {
    const { task } = attempt;
    running.remove(task.seq);
    const isSettled = receipt.kind === 'settled';
    core.finish(task.seq, settlement.at, isSettled ? receipt.outcome : undefined, isSettled ? settlement.cost : 0);
    metrics.ran(settlement.durationMs / 1_000);
    attempt.settled(receipt.kind === 'settled' ? receipt.outcome : undefined);
    if (receipt.kind === 'stale') return;
    settled++;
    if (receipt.outcome !== 'succeeded') notSucceeded++;
    cooling.ended(attempt, receipt.outcome);
    if (!isTerminal(receipt.status)) backlog.enter(task);
    if (receipt.status === 'delayed' && settlement.verdict.verb === 'retry') due.delay(task.seq, settlement.verdict.dueAt, true);
    if (receipt.status === 'queued') core.submit(entryOf(task));
    // A deadline that passed while the end was on its way found an attempt to stop, and nobody would look again.
    const { deadline } = task;
    if (!isTerminal(receipt.status) && deadline !== null && deadline <= clock.now()) watchDeadline(task, deadline);
  }

  return {
    ended,
    get settled() {
      return settled;
    },
    get notSucceeded() {
      return notSucceeded;
    },
  };
}
