import type { Attempt, Progress } from '../domain/attempt.ts';
import type { OnParentFailure } from '../domain/dependency.ts';
import type { EventType, LogEntry } from '../domain/events.ts';
import type { JsonObject } from '../domain/json.ts';
import type { Operation, OperationAction } from '../domain/operation.ts';
import type { Pool, PoolSpec } from '../domain/pool.ts';
import type { LimitState } from '../domain/quota.ts';
import type { Replay, ReplayRequest } from '../domain/replay.ts';
import type { Task } from '../domain/task.ts';
import type { TaskInput } from '../domain/task-input.ts';
import type { TaskStatus } from '../domain/task-status.ts';
import type { TaskType, TaskTypeSpec } from '../domain/task-type.ts';
import type { Tenant, TenantSpec } from '../domain/tenant.ts';
import type { EpochMs, Ms, Seq, TaskId } from '../domain/units.ts';
import type { SimulationInput } from '../domain/workload.ts';
import type { Nodes } from '../executors/node/nodes.ts';
import type { Upload } from '../ports/bundle-files.ts';
import type { Simulation, StrategyEpoch } from '../ports/catalogue-store.ts';
import type { LogPage, LogQuery } from '../ports/log-store.ts';
import type { StorageState } from '../ports/store.ts';
import type { TaskFilter, TaskPage, TaskQuery } from '../ports/task-store.ts';
import type { KeptPool, PoolFit, Relaxation, WaitingTask } from '../scheduling/core.ts';
import type { Hold } from '../scheduling/reasons.ts';
import type { Spending } from '../scheduling/spend.ts';
import type { OrderInfo, PlaceInfo, StrategyInfo } from '../strategies/listing.ts';
import type { MaxWait } from '../strategies/max-wait.ts';
import type { StrategyChoice } from '../strategies/registry.ts';
import type { EventBus } from './event-bus.ts';
import type { Quota } from './quotas.ts';
import type { SwitchedEpoch } from './reset-params.ts';
import type { PreviewOptions, TaskPreview } from './task-preview.ts';
import type { WaitingQuery, WaitingWork } from './waiting-work.ts';

/** Who asks. `tenant` scopes what is seen; `undefined` sees all (no keys, or an operator). */
export interface Caller {
  /** Recorded in the log as who did it. */
  readonly name: string;
  readonly tenant: string | undefined;
}

export interface Idempotency {
  readonly key: string;
  /** SHA-256 of the canonical request body. */
  readonly fingerprint: string;
}

export interface SubmitOptions {
  readonly idempotency?: Idempotency | undefined;
}

/** One item of a batch to be. */
export interface BatchInput extends TaskInput, SubmitOptions {
  /** By which other items of the batch may depend on it. */
  readonly ref?: string;
  /** What other items may call it too: its place among all that were sent, those included that were refused before. */
  readonly place?: number;
}

/** One of a batch of which some are bundles: those come with files. */
export interface BundleInput extends BatchInput {
  readonly upload?: Upload | undefined;
}

/** A task that another depends on, or the other way round. */
export interface Relative {
  readonly id: TaskId;
  /** Under which the child knows the parent. */
  readonly name: string;
  readonly type: string | null;
  /** `gone`: retention has removed it. */
  readonly status: TaskStatus | 'gone';
}

export interface Family {
  readonly onFailure: OnParentFailure | null;
  readonly parents: readonly Relative[];
  /** The oldest of them. */
  readonly children: readonly Relative[];
  readonly moreChildren: boolean;
}

export interface Submitted {
  readonly task: Task;
  /** The task was made by an earlier request with the same idempotency key. */
  readonly replayed: boolean;
}

export interface Retried extends Submitted {
  /** It is a task of its own; else the one that was backing off goes on. */
  readonly created: boolean;
}

/** One item of a batch: accepted, or refused with a reason of its own. */
export type BatchItem = { readonly task: Task; readonly replayed: boolean } | { readonly error: Error };

/** What is to be done to all tasks that match. */
export interface BulkRequest {
  readonly action: OperationAction;
  readonly filter: TaskFilter;
}

/** How many tasks match now. */
export interface Matched {
  readonly matched: number;
  /** There are more. */
  readonly matchedIsCapped: boolean;
}

export interface BulkOperations {
  /** @throws TaskRouterError `validation_failed`: a status that the action cannot be done to */
  count(request: BulkRequest, caller: Caller): Promise<Matched>;
  /**
   * Answers when it is stored. `operation` is `undefined` when no task matches: then nothing is stored, and the key may begin it later.
   * @throws TaskRouterError as `count`, `idempotency_key_reused`
   */
  start(
    request: BulkRequest,
    caller: Caller,
    again?: Idempotency,
  ): Promise<{ readonly operation: Operation | undefined; readonly replayed: boolean }>;
  /** `undefined` also for another tenant's. */
  get(id: string, caller: Caller): Promise<Operation | undefined>;
  /** What was done stays. */
  stop(id: string, caller: Caller): Promise<Operation | undefined>;
}

/** A pool with what runs and waits on it now. */
export interface LivePool {
  readonly pool: Pool;
  /** Slots in use; `current_load` on the wire. */
  readonly load: number;
  /** Types it really accepts: `*` resolved against its executor; `undefined` is any. */
  readonly accepts: readonly string[] | undefined;
  /** Why its executor can run nothing on this machine. */
  readonly unfit: string | undefined;
  /** While attempts kept failing there: when it takes tasks again. */
  readonly coolsUntil: EpochMs | undefined;
}

/** What a tenant has under way. */
export interface TenantUse {
  readonly name: string;
  /** Attempts. */
  readonly running: number;
  /** Tasks. */
  readonly waiting: number;
}

/** A tenant with limits and what it uses of them now. */
export interface LiveTenant {
  readonly tenant: Tenant;
  readonly running: number;
  readonly waiting: number;
  /** What is left for its submits, before those of a type. */
  readonly limits: readonly LimitState[];
  /** In the window of its limit; `undefined`: it has none. */
  readonly spending: Spending | undefined;
}

export interface ChangeOptions {
  readonly ifVersion?: number | undefined;
  /** Sets a limit also where more is in use already: nothing is stopped, and nothing new starts until there is room. */
  readonly force?: boolean | undefined;
}

/** Why a task waits, or why it went where it went. */
export interface Explanation {
  readonly task: Task;
  /** Everything that stops it, the one that lasts longest by itself first; empty when it does not wait. */
  readonly holds: readonly Hold[];
  /** Of a task that waits for a pool. */
  readonly waiting: WaitingTask | undefined;
  /** The pool that is kept for it, or that has room and is kept from it; `id` is that of the task it is kept for. */
  readonly kept: (KeptPool & { readonly id: TaskId | undefined }) | undefined;
  /** The latest `scheduled` entry, for placed ones. */
  readonly decision: LogEntry | undefined;
  readonly strategy: StrategyEpoch;
  /** Single changes that would start it now, each tried; and where no pool could run it, those that would let it wait for room. */
  readonly unblock: readonly (Omit<Relaxation, 'poolId' | 'parts'> & {
    /** `null`: it would wait. */
    readonly startsOn: string | null;
    /** `null`: on a pool that is not there yet. */
    readonly couldRunOn: string | null;
    /** It would not do alone, but with all others for that pool. */
    readonly isStep: boolean;
    /** Of `start_node` for a task of several parts: how many, all of which run parts. */
    readonly nodes?: number;
    /** Of several parts: the pool of each. */
    readonly placements: readonly string[] | null;
  })[];
  /** Every demand on the pools asked for, of a task that waits for one. */
  readonly fits:
    | { readonly total: number; readonly pools: readonly { readonly pool: string; readonly checks: PoolFit['checks'] }[] }
    | undefined;
}

export interface ExplainOptions {
  /** Also every demand on so many pools, those that come closest first. */
  readonly pools?: { readonly offset: number; readonly limit: number } | undefined;
}

export interface AlgorithmInfo extends StrategyInfo {
  readonly current: boolean;
}

/** What decides can be put together from. */
export interface AlgorithmList {
  /** Those with a name of their own. */
  readonly algorithms: readonly AlgorithmInfo[];
  readonly orders: readonly OrderInfo[];
  readonly places: readonly PlaceInfo[];
}

/** A replay as it is asked for: strategies by their names or halves. */
export type ReplayAsked = Omit<ReplayRequest, 'strategies'> & { readonly strategies: readonly StrategyChoice[] };

/** One of the cards of a replay; without `params` the only one of that name. */
export interface CardChoice {
  readonly name: string;
  readonly params?: JsonObject;
}

export interface SystemStats {
  readonly byStatus: Readonly<Record<TaskStatus, number>>;
  readonly completed: number;
  readonly failed: number;
  readonly cancelled: number;
  /** Mean start to end of completed tasks, in ms; 0 when none. */
  readonly averageLatencyMs: number;
  /** Ended as completed or failed in the last 60 s, per second of min(60, uptime, at least 1). */
  readonly throughput: number;
  readonly costTotal: number;
  /** Since process start: decisions committed, attempts settled, attempts that did not succeed. */
  readonly scheduler: { readonly scheduled: number; readonly settled: number; readonly notSucceeded: number };
  /** Waiting tasks by reason code, of those parked or held. */
  readonly waitingByReason: Readonly<Record<string, number>>;
  /** Queued tasks that have waited longer than their strategy promises. */
  readonly pastMaxWait: number;
  /** Since when the queued task that has been ready longest could have run; `undefined`: nothing waits. */
  readonly oldestReadyAt: EpochMs | undefined;
  readonly seq: number;
  readonly at: EpochMs;
}

export type Phase = 'starting' | 'ready' | 'draining' | 'stopped';

export interface Health {
  readonly phase: Phase;
  /** While starting: the step it is at. */
  readonly step: string | undefined;
  readonly database: boolean;
  /** The memory index is usable and as large as the table. */
  readonly queue: boolean;
  /** The decision loop answered within its bound. */
  readonly scheduler: boolean;
  readonly storage: StorageState;
}

/**
 * The live engine, as the API sees it: every verb answers after its COMMIT. All methods throw TaskRouterError with a code of
 * domain/errors.ts for what a caller can mend, among them `starting`, `draining` (verbs that accept work), `storage_full`.
 */
export interface Engine {
  /** Recovers from the store and begins to decide. */
  start(): Promise<void>;
  /** Takes nothing new, lets running work end for at most `graceMs`, releases the rest, stops. Calling it again with 0 hurries it. */
  drain(graceMs: Ms): Promise<void>;

  readonly events: EventBus;
  /** Machines elsewhere that offer slots to pools of the `node` executor. */
  readonly nodes: Nodes;
  health(): Promise<Health>;
  stats(): SystemStats;
  defaults(): { readonly region: string; readonly regions: readonly string[] };

  /**
   * @throws TaskRouterError `unknown_reference` (type, parent; message lists the known types), `validation_failed` (a field its type insists on),
   * `unroutable` (no pool could ever run it), `idempotency_key_reused`, `overloaded` (the server keeps no more), `quota_exceeded` (its tenant
   * or type keeps no more), `rate_limited`.
   */
  submit(input: TaskInput, caller: Caller, options?: SubmitOptions): Promise<Submitted>;
  /** A task with files: those of `upload`, which are its own from then on, or gone. @throws TaskRouterError as `submit` */
  submitBundle(input: TaskInput, upload: Upload, caller: Caller, options?: SubmitOptions): Promise<Submitted>;
  /** All of them or none, in one COMMIT; they may depend on each other. @throws TaskRouterError as an atomic `submitBatch` */
  submitBundles(items: readonly BundleInput[], caller: Caller): Promise<readonly Submitted[]>;
  /** Item i answers input i. With `atomic`, one refusal throws `validation_failed` with all paths and nothing is accepted. */
  submitBatch(items: readonly BatchInput[], caller: Caller, options?: { readonly atomic?: boolean }): Promise<readonly BatchItem[]>;
  /** Also while it drains. @throws TaskRouterError `not_found`, `wrong_status` (terminal). */
  cancel(id: TaskId, caller: Caller): Promise<'cancelled' | 'requested'>;
  /**
   * Of a terminal task: a new task with `retryOf`, or the one an earlier call with the same key made (`replayed`). Of one that backs off: due
   * now. @throws TaskRouterError `not_found`, `wrong_status`, `idempotency_key_reused`, `files_gone`.
   */
  retry(id: TaskId, caller: Caller, options?: SubmitOptions): Promise<Retried>;
  /** Cancels or retries all tasks that match a filter, in the background. */
  readonly bulk: BulkOperations;
  /** `undefined` also for another tenant's. */
  task(id: TaskId, caller: Caller): Promise<Task | undefined>;
  tasks(query: TaskQuery, caller: Caller): Promise<TaskPage>;
  attempts(id: TaskId, caller: Caller): Promise<readonly Attempt[] | undefined>;
  taskLog(id: TaskId, caller: Caller): Promise<readonly LogEntry[] | undefined>;
  /** What it depends on, and what depends on it. */
  family(id: TaskId, caller: Caller): Promise<Family | undefined>;
  /** Answers when the task is terminal, after `ms`, or when `signal` is raised: the task as it is then. */
  waitFor(id: TaskId, ms: Ms, caller: Caller, signal?: AbortSignal): Promise<Task | undefined>;
  /** O(1): how far the attempt that runs says it is; `undefined` when none does, or it has not said. */
  progressOf(task: Task): Progress | undefined;
  /** O(1): why it waits, for lists; `undefined` when it does not wait. */
  reasonOf(task: Task): Hold | undefined;
  explain(id: TaskId, caller: Caller, options?: ExplainOptions): Promise<Explanation | undefined>;
  /** Where a task would go, when, and at what price. @throws TaskRouterError as `submit` for what is no task. */
  preview(input: TaskInput, caller: Caller, options?: PreviewOptions): Promise<TaskPreview>;
  /** Why work waits, seen as a whole. */
  waiting(query: WaitingQuery): Promise<WaitingWork>;

  pools(): readonly LivePool[];
  /** @throws TaskRouterError `already_exists`, `validation_failed`. */
  addPool(spec: PoolSpec, caller: Caller): Promise<LivePool>;
  /** @throws TaskRouterError `not_found`, `version_mismatch`. */
  changePool(name: string, change: Partial<PoolSpec>, caller: Caller, ifVersion?: number): Promise<LivePool>;
  /** @throws TaskRouterError `not_found`, `pool_in_use` (something runs on it), `version_mismatch`. */
  removePool(name: string, caller: Caller, ifVersion?: number): Promise<void>;

  types(): readonly TaskType[];
  /** @throws TaskRouterError `version_mismatch`, `quota_in_use` (a limit below what is in use). */
  putType(spec: TaskTypeSpec, caller: Caller, options?: ChangeOptions): Promise<TaskType>;
  /** @throws TaskRouterError `not_found`, `wrong_status` (a handler type), `version_mismatch`. */
  removeType(name: string, caller: Caller, ifVersion?: number): Promise<void>;

  /** With limits, in order of their names. */
  tenants(): readonly LiveTenant[];
  tenant(name: string): LiveTenant | undefined;
  /** Without limits and with tasks, those with the most first. */
  otherTenants(limit: number): readonly TenantUse[];
  /** @throws TaskRouterError `validation_failed`, `version_mismatch`, `quota_in_use`. */
  putTenant(spec: TenantSpec, caller: Caller, options?: ChangeOptions): Promise<LiveTenant>;
  /** @throws TaskRouterError as `putTenant`, `not_found`. */
  changeTenant(name: string, change: Partial<TenantSpec>, caller: Caller, options?: ChangeOptions): Promise<LiveTenant>;
  /** @throws TaskRouterError `not_found`, `version_mismatch`. */
  removeTenant(name: string, caller: Caller, ifVersion?: number): Promise<void>;
  /** What is left of the limits that a submit of this tenant and type meets now; empty when there are none. O(1). */
  submitLimits(tenant: string, type: string): readonly LimitState[];

  /** Every limit with its use: those that tasks wait behind first, then the fullest. O(what waits and runs + pools). */
  quotas(): readonly Quota[];

  algorithms(): AlgorithmList;
  algorithm(): StrategyEpoch;
  /** What the strategy that decides promises about waiting behind newer work. */
  maxWait(): MaxWait;
  algorithmHistory(limit: number): Promise<readonly StrategyEpoch[]>;
  /** Answers after the swap: the very next decision is the new strategy's. @throws TaskRouterError `unknown_reference`, `validation_failed`, `version_mismatch`. */
  switchAlgorithm(choice: StrategyChoice, caller: Caller, ifEpoch?: number, reason?: string): Promise<SwitchedEpoch>;
  /** The same, to the latest strategy that was another. @throws TaskRouterError `wrong_status` (there was none), `version_mismatch`. */
  rollBackAlgorithm(caller: Caller, ifEpoch?: number, reason?: string): Promise<StrategyEpoch>;

  /**
   * Replays a window of the server's own history, or other tasks. @param trace the file, where that is the source
   * @throws TaskRouterError `unknown_reference`, `validation_failed` (a strategy; no task in the window, or too many; a line of the trace),
   * `wrong_status` (one is running).
   */
  replay(request: ReplayAsked, caller: Caller, trace?: Uint8Array<ArrayBuffer>): Promise<Replay>;
  /** Newest first. */
  replays(): readonly Replay[];
  replayOf(id: string): Replay | undefined;
  /** `undefined`: there is no such replay. @throws TaskRouterError `wrong_status`: it has ended. */
  cancelReplay(id: string): Promise<Replay | undefined>;
  /** Switches to a strategy it tried. @throws TaskRouterError `not_found`, `wrong_status`, `unknown_reference`, `version_mismatch`. */
  activateReplay(id: string, choice: CardChoice, caller: Caller, ifEpoch?: number): Promise<StrategyEpoch>;

  /** @throws TaskRouterError `idempotency_key_reused` */
  simulate(
    input: SimulationInput,
    caller: Caller,
    again?: Idempotency,
  ): Promise<{ readonly simulation: Simulation; readonly replayed: boolean }>;
  simulation(id: string): Promise<Simulation | undefined>;
  stopSimulation(id: string): Promise<Simulation | undefined>;

  log(query: LogQuery & { readonly task?: TaskId; readonly types?: readonly EventType[] }, caller: Caller): Promise<LogPage>;
  logAfter(seq: number, limit: number): Promise<readonly LogEntry[]>;
  logBounds(): { readonly floor: number; readonly head: number };
  taskIdOf(seq: Seq): Promise<TaskId | undefined>;
}
