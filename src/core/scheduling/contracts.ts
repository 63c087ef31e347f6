import type { AttemptOutcome } from '../domain/attempt.ts';
import type { DecisionRecord } from '../domain/decision.ts';
import type { Labels } from '../domain/label.ts';
import type { PlanAnswer, PlanInForce, PlanQuestion } from '../domain/plan.ts';
import type { PartNodes, PoolState } from '../domain/pool.ts';
import type { SpendLimit, SpendWindow } from '../domain/quota.ts';
import type { ResourceType, TaskEntry } from '../domain/task.ts';
import type { EpochMs, Ms, Seq } from '../domain/units.ts';
import type { Strategy } from '../strategies/strategy.ts';
import type { KeptPool, PoolFit, Preview, WaitingGroup, WaitingTask, WaitSurvey } from './answers.ts';
import type { EstimateSource } from './estimates.ts';
import type { Hold } from './reasons.ts';
import type { Relaxation, Remedy } from './relaxation.ts';
import type { Spending } from './spend.ts';

export interface SchedulingOptions {
  /** Times a strategy sees are differences to this moment. Default 0. */
  readonly origin?: EpochMs;
  /** Default `predicted`: run times are learnt from attempts that succeeded. */
  readonly estimates?: EstimateSource;
}

/** A pool as scheduling sees it. `id` fixes the order that breaks ties. */
export interface PoolEntry {
  readonly id: number;
  readonly name: string;
  readonly region: string;
  readonly resourceType: ResourceType;
  readonly costPerUnit: number;
  readonly capacity: number;
  readonly speed: number;
  /** `cooling`: attempts kept failing there, and it takes nothing until `coolsUntil`. */
  readonly state: PoolState | 'cooling';
  readonly coolsUntil?: EpochMs;
  /** Types it runs, `*` resolved; `undefined` is any. */
  readonly accepts: readonly string[] | undefined;
  /** Caps per type inside this pool. */
  readonly typeLimits: Readonly<Record<string, number>>;
  readonly labels: Labels;
  /** Most slots that one task may take, where they are of several machines. Left out: all of them. */
  readonly widest?: number;
  /** The same by type, for types of `typeLimits`. */
  readonly widestOf?: Readonly<Record<string, number>>;
  /** Of its electricity; 0 where nobody said. */
  readonly carbonGramsPerKwh: number;
  /** It may run parts of gangs. Left out: yes. */
  readonly runsParts?: boolean;
  /** Where its slots are of several machines: those that run parts. Left out: parts fit wherever slots are free. */
  readonly partNodes?: readonly PartNodes[];
  /** Its slots are those of machines that come and go: more slots are more machines. Left out: no. */
  readonly onNodes?: boolean;
  /** Why it is paused though no operator paused it. Left out: it is not, or one did. */
  readonly closedBy?: Closing;
}

/** No machine of it takes work; its executor can run nothing here; it is being changed. */
export const closings = ['no_node', 'executor', 'change'] as const;
export type Closing = (typeof closings)[number];

/** Running attempts at once of a task type; `null` has no limit. */
export interface TypeLimits {
  readonly type: string;
  readonly total: number | null;
  readonly perTenant: number | null;
  /** Its tenants take turns, whatever the strategy's order says between them. Left out: no. */
  readonly takesTurns?: boolean;
}

/** What a tenant may run over all types. */
export interface TenantLimits {
  readonly tenant: string;
  /** Running attempts at once; `null` has no limit. */
  readonly maxRunning: number | null;
  /** Running attempts below which its tasks go before those of all others. >= 0 */
  readonly guaranteed: number;
  /** Its part where tenants share by weight, > 0. */
  readonly weight: number;
  /** Running attempts at once by type, in place of `perTenant` of the type. Left out: none. */
  readonly typeLimits?: Readonly<Record<string, number>>;
  /** Left out, or `null`: no limit. */
  readonly spend?: SpendLimit | null;
}

/** Start `seq` on `pool` now. The slots are taken; `finish` gives them back, whatever becomes of the attempt. */
export interface Decision {
  readonly seq: Seq;
  /** The attempt to open. */
  readonly attempt: number;
  /** Where it starts; of a gang, its first part. */
  readonly poolId: number;
  readonly type: string;
  /** Of each part. */
  readonly slots: number;
  /** Of a gang: the pool of every part. */
  readonly parts: readonly number[] | undefined;
  readonly epoch: number;
  /** Name of the strategy that decided. */
  readonly algorithm: string;
  /** Where the tenants of its type take turns. */
  readonly turn: Turn | undefined;
}

/** An earlier attempt that ended by itself. */
export interface PastRun {
  readonly type: string;
  readonly poolId: number;
  readonly slots: number;
  /** Units of work. */
  readonly cost: number;
  readonly succeeded: boolean;
  readonly runMs: Ms;
}

/** Turns that a tenant has had of a type, by its latest start. */
export interface Turn {
  readonly type: string;
  readonly tenant: string;
  readonly taken: number;
}

/** A strategy being put in place beside the one in force. */
export interface StrategySwitch {
  /** Puts about `tasks` waiting tasks in their new order. @returns true when all are. Events may come between steps, and after the last. */
  step(tasks: number): boolean;
  /** The next decision is the new strategy's. Steps that are missing are made up for. @throws Error after `discard` or a second time. */
  swap(epoch: number, seed: number, now: EpochMs): void;
  /**
   * After the swap: gives back what the old strategy needed, about as much as putting `tasks` in order costs. Events and decisions may come
   * between. What nobody clears, the next preparation does.
   * @returns true when nothing is left
   */
  clear(tasks: number): boolean;
  discard(): void;
}

/**
 * The decision core: a pure, synchronous state machine. Events go in, decisions come out; no I/O, no clock, no promise, no chance
 * but the epoch's seeded one. It has no undo: when a decision could not be committed, the engine builds a new core from the store.
 */
export interface SchedulingCore {
  /** Tasks that wait now. */
  readonly waiting: number;
  /** A task that may run from now on; also after a retry or release, with its old `readyAt`. The entry is copied. */
  submit(task: Readonly<TaskEntry>): void;
  /** @returns true when it was waiting here. */
  cancel(seq: Seq): boolean;
  /**
   * Gives back what `decide` took for this task: it ended, was released, or its claim lost a race. Wakes who can use it.
   * @param outcome how the attempt ended; left out when it never began. Estimates learn from those that succeeded.
   * @param cost what it cost; takes the place of what was set aside for it. Left out: nothing.
   */
  finish(seq: Seq, now: EpochMs, outcome?: AttemptOutcome, cost?: number): void;
  /** An earlier attempt that succeeded, so that estimates outlive a restart; oldest first. @param workMs what it took, times the pool's speed @param statedMs what its task said of itself */
  remember(tenant: string, type: string, workMs: Ms, statedMs: Ms | null): void;
  /** The same, for strategies that learn, failures included; oldest first. Nothing where the pool is gone. */
  recallOutcome(run: PastRun): void;
  /** Start-up: the turn of a tenant's last decision of this type, before its tasks are submitted. Nothing where none are taken. */
  recallTurn(turn: Turn): void;
  /** Start-up: what a tenant spent in the hour that began at `hour`. */
  recallSpend(tenant: string, hour: EpochMs, amount: number, now: EpochMs): void;
  /** Adds or changes a pool; load stays. A change of type set, region, price or state takes effect on the next decision. */
  setPool(pool: PoolEntry): void;
  /** @throws Error when something runs there: the engine drains first. */
  removePool(id: number): void;
  setTypeLimits(limits: TypeLimits): void;
  setTenantLimits(limits: TenantLimits): void;
  /** The next decision is this strategy's. Tasks, load, gates stay. */
  setStrategy(strategy: Strategy, epoch: number, seed: number, now: EpochMs): void;
  /**
   * The same in steps, for when many tasks wait: the old strategy decides until `swap`. One switch at a time: preparing another, or
   * `setStrategy`, discards it.
   */
  prepareStrategy(strategy: Strategy, now: EpochMs): StrategySwitch;
  /**
   * At most `limit` decisions, best first. An empty answer: nothing can start before the next event or `nextDueAt`.
   * @param records gets one more for each decision, in the same order: why there
   */
  decide(now: EpochMs, limit?: number, records?: DecisionRecord[]): readonly Decision[];
  /** When time alone may allow another decision; Infinity: only an event can help. */
  nextDueAt(): EpochMs;
  /** From when on a plan is wanted; Infinity: the strategy does not plan, or nothing has changed. */
  planWantedAt(): EpochMs;
  /** The tasks and pools of now as a question for a solver; `undefined` when there is nothing to plan. A later question voids this one. */
  askPlan(now: EpochMs): PlanQuestion | undefined;
  /**
   * The next decisions follow this plan, until the next one. Between question and answer anything may happen; a change of pools or of the
   * strategy, or another question, makes the answer void. A plan that never comes stops nothing.
   * @returns what it says, or `undefined` when it is void.
   */
  setPlan(answer: PlanAnswer, now: EpochMs): PlanInForce | undefined;
  /** Whether its strategy lets a waiting task, or the one before it in its lane, wait although there is room. O(1). */
  isKept(seq: Seq): boolean;
  /** Why a waiting task waits, the reason that lasts longest by itself; `undefined` when it does not wait here. O(1). */
  holdOf(seq: Seq, now: EpochMs): Hold | undefined;
  /** All there is to say about a waiting task; `undefined` when it does not wait here. One pass over its lane, its pools and what runs. */
  explain(seq: Seq, now: EpochMs): WaitingTask | undefined;
  /**
   * Single changes that would start a waiting task at once, each tried on the core as it is; nothing is changed by it. Of those that change what
   * all wait for, as many as it takes to serve all that go first. One pass over the pools.
   */
  unlock(seq: Seq, now: EpochMs): readonly Relaxation[];
  /** Where no pool could run a waiting task: what would let it wait for room, with a change for everybody who can make one. Not tried. */
  remedies(seq: Seq): readonly Remedy[];
  /** Every pool with every demand of a waiting task, those that come closest first; `undefined` when it does not wait here. */
  poolFits(seq: Seq, offset: number, limit: number): { readonly total: number; readonly fits: readonly PoolFit[] } | undefined;
  /**
   * What would become of this task were it submitted now (`seq` 0: after all others). Nothing is kept, and no decision is another for it.
   * Where all is decided (`decide` has answered less than its limit) it is what the next decision would be.
   * @param strategy another than the one in force: where it would send the task now, were nothing else waiting; sorts the pools once
   */
  preview(task: Readonly<TaskEntry>, now: EpochMs, strategy?: Strategy): Preview;
  /** All that waits, by needs and by what stops it, most tasks first: one pass over the waiting tasks. */
  waitingGroups(now: EpochMs): readonly WaitingGroup[];
  /**
   * How long all that waits has waited, by a pass in steps that changes nothing.
   * @param since tasks that passed their longest wait after this are told apart
   */
  surveyWaits(now: EpochMs, since: EpochMs): WaitSurvey;
  /** Pools kept for tasks that wait too long. */
  keptPools(): readonly KeptPool[];
  /** Why a task like this could never start with today's pools, whatever is running; `undefined` when it could. O(1) amortised per need. */
  unroutable(task: Readonly<TaskEntry>): Hold | undefined;
  /** Price of a unit of work on the cheapest pool that could run a task like this, were it large enough and active; Infinity without one. */
  leastPriceFor(task: Readonly<TaskEntry>): number;
  /** Tasks that wait for room in this pool, or in it or another; of one type, or all. O(needs that wait there). */
  waitingFor(poolId: number, type?: string): number;
  /** Running attempts of a type in a pool that limits it; 0 where it does not. */
  runningOn(poolId: number, type: string): number;
  /** Slots in use. */
  loadOf(poolId: number): number;
  /** Running attempts, for invariants and quotas shown. */
  runningOf(type: string, tenant?: string): number;
  /** Of the tenant that runs the most of this type, those with a limit of their own left out. O(tenants that run some). */
  mostRunningOf(type: string): number;
  /** Of all types. O(types) for a tenant without limits. */
  runningBy(tenant: string): number;
  /** What a tenant has spent in the window that `now` lies in, with a limit or without. */
  spendingOf(tenant: string, window: SpendWindow, now: EpochMs): Spending;
  /** Waiting tasks by reason code, of those parked or held; cost grows with needs and shapes, not tasks. */
  waitingByReason(now: EpochMs): ReadonlyMap<string, number>;
  /** Every waiting seq in the order it would start were there room for all, as of the last `decide`: for invariants and tests; O(n log n). */
  order(): readonly Seq[];
}
