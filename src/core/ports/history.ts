import type { AttemptOutcome } from '../domain/attempt.ts';
import type { CoreInputs } from '../domain/core-inputs.ts';
import type { SystemEventType } from '../domain/events.ts';
import type { JsonObject } from '../domain/json.ts';
import type { Pool } from '../domain/pool.ts';
import type { TaskEntry } from '../domain/task.ts';
import type { TaskStatus } from '../domain/task-status.ts';
import type { TaskType } from '../domain/task-type.ts';
import type { Tenant } from '../domain/tenant.ts';
import type { EpochMs, Ms, Seq, TaskId } from '../domain/units.ts';
import type { StrategyEpoch } from './catalogue-store.ts';
import type { RecentRun } from './task-store.ts';

/**
 * What a server has on record, for those who look back. Synchronous: it is read in a thread of its own. Tasks come a page at a time, so that no
 * snapshot is held while somebody works through a million of them.
 */
export interface History {
  /** Tasks accepted from `from` on and before `to` that are still stored; `undefined`: none. */
  extent(from: EpochMs, to: EpochMs): HistoryExtent | undefined;
  /** Tasks by number, `first` to `last`, in order; without those whose parents kept them from ever being scheduled. */
  tasks(first: Seq, last: Seq): Iterable<RecordedTask>;
  /** Tasks with numbers below `first` that had not ended at `at`, in order. */
  carriedOver(first: Seq, at: EpochMs): Iterable<RecordedTask>;
  /** All rows of the log that concern no task, oldest first. */
  systemRows(): readonly SystemRow[];
  /** When the log row before the row `seq` was written; `undefined`: it was removed. */
  timeBefore(seq: number): EpochMs | undefined;
  /** As they are now. */
  pools(): readonly Pool[];
  types(): readonly TaskType[];
  tenants(): readonly Tenant[];
  /** Oldest first. */
  epochs(): readonly StrategyEpoch[];
  /** Of the latest `limit` tasks that had ended before `at`, every attempt that ended by itself, in the order of their ends. */
  runsBefore(at: EpochMs, limit: number): readonly RecentRun[];
  idOf(seq: Seq): TaskId | undefined;
  /** Of one task; `undefined`: it has been removed, or never came as far as scheduling. */
  task(seq: Seq): RecordedTask | undefined;
  /** Rows of the log behind the row `after` that say what was decided, or on what, in order. */
  decisions(after: number): Iterable<DecisionRow>;
  /** As `recentRuns` answered when the log row `head` was the last, as far as its tasks are still stored. */
  runsUntil(head: number, limit: number): readonly RecentRun[];
}

export interface HistoryExtent {
  readonly first: Seq;
  readonly last: Seq;
  /** How many of the numbers in between are stored; retention has removed the others. */
  readonly stored: number;
  /** Retention has removed what came right before, so that the window may have begun earlier. */
  readonly isCut: boolean;
}

export interface SystemRow {
  readonly seq: number;
  readonly at: EpochMs;
  readonly type: SystemEventType;
  readonly details: JsonObject;
}

/** A start, or a row of inputs alone. */
export interface DecisionRow {
  readonly seq: number;
  readonly at: EpochMs;
  /** `null`: no start. */
  readonly taskSeq: Seq | null;
  readonly details: JsonObject;
  readonly inputs?: CoreInputs;
  /** It cannot be read: only where it stands is known. */
  readonly isDamaged?: true;
}

/** What was asked, and what became of it. */
export interface RecordedTask {
  /** As scheduling saw it when it first came: `attempt` is 0. */
  readonly entry: TaskEntry;
  readonly enqueuedAt: EpochMs;
  readonly maxAttempts: number;
  readonly status: TaskStatus;
  readonly completedAt: EpochMs | null;
  readonly cancelRequestedAt: EpochMs | null;
  readonly actualCost: number | null;
  /** In order. */
  readonly attempts: readonly RecordedAttempt[];
}

export interface RecordedAttempt {
  readonly pool: string;
  /** Of a task of several parts: their pools, where they are known; else `null`. */
  readonly parts: readonly string[] | null;
  readonly startedAt: EpochMs;
  readonly endedAt: EpochMs | null;
  readonly outcome: AttemptOutcome | null;
  /** From its end until the task was queued again; 0 where it was not. */
  readonly backoffMs: Ms;
}
