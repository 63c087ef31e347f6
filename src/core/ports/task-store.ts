import type { Attempt, AttemptOutcome } from '../domain/attempt.ts';
import type { CoreInputs } from '../domain/core-inputs.ts';
import type { Dependencies, OnParentFailure, Parent } from '../domain/dependency.ts';
import type { JsonObject } from '../domain/json.ts';
import type { Task, TaskEntry, TaskError, TaskSpec } from '../domain/task.ts';
import type { TaskStatus } from '../domain/task-status.ts';
import type { EpochMs, Ms, Seq, TaskId } from '../domain/units.ts';
import type { Verdict } from '../domain/verdict.ts';

/**
 * Life of tasks as atomic verbs. Every verb is one change with its log row, in one transaction shared with whatever else is due
 * (group commit), and its promise settles only after that COMMIT. Verbs take effect in the order they were called. A lost race is a
 * value, never an error.
 * @throws TaskRouterError `storage_full` nothing was written, trying again later is safe; `storage_failed` the server must stop.
 */
export interface TaskStore {
  /**
   * Accepts tasks. Result i belongs to item i. Status is `delayed` when `spec.runAt` is after `at` or `dependsOn.waits`, else `queued`.
   * An item whose idempotency key is known changes nothing: same fingerprint `duplicate`, another one `key_reused`. The same holds
   * for two items of one batch. With `atomic`, one `key_reused` leaves every other item out too (`skipped`). An item whose parent in this
   * batch was left out is left out (`skipped`); where that parent is a duplicate, it waits for the task made first.
   */
  submitTasks(items: readonly Submission[], options?: { readonly atomic?: boolean }): Promise<readonly SubmitReceipt[]>;

  /**
   * Moves queued tasks to processing and opens attempt `attempt`. `undefined` where the task is not `queued` or its latest attempt is
   * not `attempt - 1`: someone was first, nothing changed.
   * @param inputs what was decided on: kept with the log row of the first claim that succeeds, or with a row of its own, for who looks back
   */
  claimTasks(claims: readonly Claim[], inputs?: CoreInputs): Promise<readonly (Task | undefined)[]>;

  /** Keeps what was decided on in a log row of its own: it is long, or nothing came of it. */
  recordInputs(inputs: CoreInputs, at: EpochMs): Promise<void>;

  /**
   * Records which node holds the lease of a running attempt: compare-and-set on (seq, processing, attempt). `false` changed nothing.
   */
  leaseAttempts(leases: readonly Lease[]): Promise<readonly boolean[]>;

  /**
   * Ends attempts: compare-and-set on (seq, processing, attempt). `stale` changed nothing. Attempts that an older server epoch opened
   * are settled the same way (recovery calls them lost). Where a cancel was requested before, any verdict but `expire` becomes `stopped`: a committed cancel is never overtaken.
   */
  settleAttempts(settlements: readonly Settlement[]): Promise<readonly SettleReceipt[]>;

  /**
   * Moves delayed tasks whose time has come to `queued`. Result i is what scheduling needs, or `undefined` when the task was not
   * `delayed` any more. Does not look at the clock: the caller says it is due (also used to cut a back-off short). A task with parents is
   * ready from `at` on, as it had to wait for them.
   */
  makeDue(seqs: readonly Seq[], at: EpochMs): Promise<readonly (TaskEntry | undefined)[]>;

  /** Cancels a waiting task, or asks a processing one to stop (sets `cancelRequestedAt` once). */
  cancelTask(seq: Seq, at: EpochMs, by: string): Promise<CancelReceipt>;

  /** Fails waiting tasks whose deadline passed with `deadline_exceeded`; `false` where the task was no longer waiting. */
  expireTasks(seqs: readonly Seq[], at: EpochMs): Promise<readonly boolean[]>;

  /** Ends delayed tasks that will not run because of their parents; `false` where the task was not `delayed` any more. */
  rejectTasks(rejections: readonly Rejection[], at: EpochMs): Promise<readonly boolean[]>;

  /**
   * Removes at most `limit` terminal tasks with `completedAt` before `completedBefore`, oldest first, with their attempts, and
   * idempotency keys made before `keysBefore`. A task whose key is not that old stays, one with children that have not ended too, and those
   * behind it go in its place; behind more such tasks than one call may look at, they go by a later call. Log rows stay: they have a retention of their own.
   * @returns how many tasks went.
   */
  deleteTerminal(limit: number, completedBefore: EpochMs, keysBefore: EpochMs): Promise<number>;

  /** The task that `key` made within the last 24 h before `at`, with the fingerprint of its request. */
  taskOfKey(tenant: string, key: string, at: EpochMs): Promise<{ readonly task: Task; readonly fingerprint: string } | undefined>;
  task(id: TaskId): Promise<Task | undefined>;
  taskBySeq(seq: Seq): Promise<Task | undefined>;
  /** Ordered by attempt number. */
  attempts(seq: Seq): Promise<readonly Attempt[]>;
  tasks(query: TaskQuery): Promise<TaskPage>;
  /** Status i belongs to task i; `undefined`: there is no such task. */
  statuses(seqs: readonly Seq[]): Promise<readonly (TaskStatus | undefined)[]>;
  /** Tasks that depend on it, the oldest `limit` of them. */
  childrenOf(seq: Seq, limit: number): Promise<readonly Task[]>;
  /** Whether a task that depends on it has not ended. */
  isAwaited(seq: Seq): Promise<boolean>;

  /** Kept counters, as of the last COMMIT; O(1), synchronous. */
  counts(): TaskCounts;

  /**
   * Start-up: every waiting task in seq order. `entry` is one object used again for each call: copy what you keep.
   * `dueAt` is `null` for queued ones. `waitsFor`: of a delayed task that never ran, its parents, which may have ended by now.
   */
  eachWaiting(visit: (entry: Readonly<TaskEntry>, dueAt: EpochMs | null, waitsFor: Dependencies | null) => void): Promise<void>;
  /** Start-up: of the latest `limit` tasks that ended, every attempt that ended by itself (neither cancelled nor released), in the order of their ends. */
  recentRuns(limit: number): Promise<readonly RecentRun[]>;
  /** Number of the newest task there ever was, 0 for none; synchronous, kept. */
  lastSeq(): Seq;
  /** Start-up: tasks from the newest back, until `visit` answers false. One object is used again for each call. */
  eachNewest(visit: (task: Readonly<NewestTask>) => boolean): Promise<void>;
  /** Start-up: every task that is `processing`, with the epoch that opened its live attempt. */
  processing(): Promise<readonly { readonly task: Task; readonly serverEpoch: number }[]>;
}

/** An attempt that ended. */
export interface RecentRun {
  readonly outcome: AttemptOutcome;
  readonly tenant: string;
  readonly type: string;
  readonly pool: string;
  readonly runMs: Ms;
  readonly slots: number;
  /** Units of work. */
  readonly cost: number;
  /** What the task said of itself. */
  readonly statedMs: Ms | null;
  /** Of several parts: their pools, of an attempt that succeeded; none of one that did not. `null`: one part. */
  readonly parts: readonly string[] | null;
}

/** A task as it came in. */
export interface NewestTask {
  seq: Seq;
  tenant: string;
  type: string;
  enqueuedAt: EpochMs;
}

export interface Submission {
  readonly id: TaskId;
  readonly spec: TaskSpec;
  readonly at: EpochMs;
  readonly initiatedBy: string;
  readonly retryOf: TaskId | null;
  readonly dependsOn: NewDependencies | null;
  /** Scope is the tenant; kept 24 h. */
  readonly idempotency: { readonly key: string; readonly fingerprint: string } | null;
  /** Id of the simulation that made it, for the `created` entry. */
  readonly simulation: string | null;
}

/** The dependencies of a task to be. */
export interface NewDependencies {
  readonly parents: readonly (Parent | ParentInBatch)[];
  readonly onFailure: OnParentFailure;
  /** It begins `delayed`: a parent has not ended, or what the policy says of one that ended is still to be done. */
  readonly waits: boolean;
}

/** A parent that is accepted in the same call, before its child. */
export interface ParentInBatch {
  /** Place in the call, less than that of the child. */
  readonly item: number;
  /** `undefined`: its id. */
  readonly name: string | undefined;
}

/** Why a delayed task ends. */
export interface Rejection {
  readonly seq: Seq;
  /** `reject` ends it as failed, `skip` as cancelled. */
  readonly verb: 'reject' | 'skip';
  readonly error: TaskError;
}

export type SubmitReceipt =
  | { readonly kind: 'accepted'; readonly task: Task }
  /** `task` is the one made first, as it is now. */
  | { readonly kind: 'duplicate'; readonly task: Task }
  | { readonly kind: 'key_reused' }
  | { readonly kind: 'skipped' };

export interface Claim {
  readonly seq: Seq;
  readonly attempt: number;
  readonly at: EpochMs;
  readonly pool: string;
  /** Of several parts: the pool of each, the first of them `pool`. Left out: one part. */
  readonly parts?: readonly string[] | undefined;
  readonly handledBy: string;
  /** The node that has the lease from the start on, of several parts the first of them; left out: none, or `leaseAttempts` will say. */
  readonly node?: string | undefined;
  /** Of several parts: the node of each, where some have one from the start on; `null`: it runs on no node. */
  readonly nodes?: readonly (string | null)[] | undefined;
  /** Name of the strategy that decided. */
  readonly algorithm: string;
  /**
   * Details of the `scheduled` entry: `worker_pool`, `algorithm`, `region`, `cost_per_unit`, `attempt`, `epoch`, `why` (domain/decision.ts),
   * `turn` where tenants take turns, `node` where it is known, and `parts` with the pool and `nodes` with the node of each where there are several.
   */
  readonly details: JsonObject;
}

export interface Lease {
  readonly seq: Seq;
  readonly attempt: number;
  readonly at: EpochMs;
  /** Id of the node, of several parts that of the first of them; also who handles the task from now on. */
  readonly node: string;
  /** Of several parts: the node of each, `null` for those that run on none. */
  readonly nodes?: readonly (string | null)[] | undefined;
}

export interface Settlement {
  readonly seq: Seq;
  readonly attempt: number;
  readonly at: EpochMs;
  readonly durationMs: number;
  /** Added to `actualCost`; 0 for released attempts. */
  readonly cost: number;
  readonly verdict: Verdict;
}

export type SettleReceipt =
  | { readonly kind: 'settled'; readonly status: TaskStatus; readonly outcome: AttemptOutcome }
  | { readonly kind: 'stale' };

export type CancelReceipt =
  | { readonly kind: 'cancelled' }
  /** The task runs; it is to be stopped. `attempt` is the one to stop. Also the answer to asking again. */
  | { readonly kind: 'requested'; readonly attempt: number }
  | { readonly kind: 'terminal'; readonly status: TaskStatus }
  | { readonly kind: 'unknown' };

export interface TaskFilter {
  readonly tenant?: string;
  readonly status?: readonly TaskStatus[];
  readonly type?: readonly string[];
  readonly region?: readonly string[];
  readonly pool?: readonly string[];
  readonly seq?: Seq;
  readonly priorityGte?: number;
  readonly priorityLte?: number;
  readonly partsGte?: number;
  readonly partsLte?: number;
  readonly enqueuedAfter?: EpochMs;
  readonly enqueuedBefore?: EpochMs;
}

export interface TaskQuery {
  readonly filter: TaskFilter;
  readonly limit: number;
  /** Newest first. Keyset: only tasks with `seq` below `before` / above `after` (the page is newest first all the same). */
  readonly before?: Seq;
  readonly after?: Seq;
  /** Rows to pass over, for the original's `page`; bounded by the caller. */
  readonly offset?: number;
}

export interface TaskPage {
  readonly tasks: readonly Task[];
  /** Tasks that match the filter; exact where counters know, else counted up to 10,000. */
  readonly total: number;
  /** `total` is a lower bound. */
  readonly totalIsCapped: boolean;
  readonly hasOlder: boolean;
  /**
   * Every match from this number up to `before` was found: what is older is looked for from here on. Less than the number of the last task
   * where the search was cut short by a bound on its time. With `after`: the number behind it.
   */
  readonly lookedDownTo: Seq;
  readonly hasNewer: boolean;
}

export interface TaskCounts {
  readonly byStatus: Readonly<Record<TaskStatus, number>>;
  /** All time, not lowered by retention. */
  readonly completedEver: number;
  readonly failedEver: number;
  readonly cancelledEver: number;
  /** Sum of `completedAt - startedAt` over `completedEver`, in ms. */
  readonly completedRunMs: number;
  /** Sum of actual costs of all ended attempts. */
  readonly costEver: number;
}
