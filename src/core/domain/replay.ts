import type { JsonObject } from './json.ts';
import type { Labels } from './label.ts';
import type { ExecutorName, PoolState } from './pool.ts';
import type { ResourceType } from './task.ts';
import type { EpochMs, Ms, Seq, TaskId } from './units.ts';
import type { WorkloadPattern } from './workload.ts';

/** Tasks that are not of the server's own history. */
export type ReplaySource = TraceSource | GeneratedSource;

/** A file somebody sent. It is kept nowhere. */
export interface TraceSource {
  readonly kind: 'trace';
  /** As it was called. */
  readonly name: string;
  /** As it was sent. */
  readonly bytes: number;
  /** Of one machine that it runs on in place of the pools; `null`: what the file says, or the pools. */
  readonly processors: number | null;
}

export interface GeneratedSource {
  readonly kind: 'generated';
  readonly pattern: WorkloadPattern;
  readonly tasks: number;
  /** Work by capacity from the first to the last submit. */
  readonly load: number;
  /** Of one machine in place of the pools; `null`: the pools. */
  readonly processors: number | null;
}

/** What to try on a window of the server's own history, or on other tasks. All of this is plain data: it goes to a thread and into the log. */
export interface ReplayRequest {
  /** Tasks accepted from `from` on and before `to`. */
  readonly from: EpochMs;
  readonly to: EpochMs;
  readonly strategies: readonly NamedStrategy[];
  readonly pools: readonly PoolEdit[];
  /** Of everything that is drawn. */
  readonly seed: number;
  /** Other tasks than the own history; `from` and `to` are then when the first and the last of them came. */
  readonly source?: ReplaySource;
}

/** A strategy by the name and parameters under which it is stored. */
export interface NamedStrategy {
  readonly name: string;
  readonly params: JsonObject;
}

/** What would be different of a pool all the time; a name that is not there is a pool that would be there too. */
export interface PoolEdit {
  readonly name: string;
  readonly region?: string;
  readonly resourceType?: ResourceType;
  readonly costPerUnit?: number;
  readonly capacity?: number;
  readonly speed?: number;
  readonly state?: PoolState;
  readonly labels?: Labels;
}

/** Types each executor can run; `undefined`: any. */
export type Runnable = Readonly<Partial<Record<ExecutorName, readonly string[] | undefined>>>;

/** What came out. */
export interface ReplayResult {
  /** When the first and the last task came. */
  readonly firstAt: EpochMs;
  readonly lastAt: EpochMs;
  readonly tasks: ReplayCounts;
  /** As it happened; `null`: nothing of it happened here. */
  readonly actual: Figures | null;
  /** What really decided, replayed; `null`: it cannot be made again. */
  readonly asRun: Card | null;
  /** The strategies that really decided in the window, one after the other; earlier versions did not say. */
  readonly decided?: readonly string[];
  readonly fidelity: Fidelity | null;
  /** Of the own history; earlier versions made none. */
  readonly proof?: Proof;
  /** In the order of the request. */
  readonly cards: readonly ComparedCard[];
  /** What could not be known and was assumed, in sentences. */
  readonly notes: readonly string[];
}

/** Of the own history. */
export interface OwnReplayResult extends ReplayResult {
  readonly actual: Figures;
}

export interface ReplayCounts {
  readonly replayed: number;
  /** Of them, those that had not ended at the end of the window: simulated, and in no average. */
  readonly unfinished: number;
  /** There before the window began: simulated, and in no average. */
  readonly carriedOver: number;
  /** Removed by retention. */
  readonly missing: number;
}

/** How a strategy would have done. */
export interface Card extends NamedStrategy {
  readonly figures: Figures;
  /** Tasks that could never start, of those that the window did not cut off. */
  readonly neverStarted: number;
  /** Of all attempts, those of tasks that were cut off too. No placement of them that is done as soon costs less than `bound`. */
  readonly totalCost: Bounded;
  /** In ms, from the first task to the last end. */
  readonly makespan: Bounded;
}

export interface ComparedCard extends Card {
  /** To what really decided, both replayed, or of other tasks than the own to the first that was tried; `null`: there is none. */
  readonly differences: Differences | null;
}

/** A figure with the least it can be; `null`: nobody knows. */
export interface Bounded {
  readonly value: number;
  readonly bound: number | null;
  /** (value - bound) / bound; `null` where there is no bound above 0. */
  readonly gap: number | null;
}

/** How a window's tasks fared, or would fare. Over the tasks that the window did not cut off. */
export interface Figures {
  readonly tasks: number;
  /** From when it could have run to its first start, or until it was given up. Quantiles are right to 0.4 %. */
  readonly wait: {
    readonly mean: Ms | null;
    readonly p50: Ms | null;
    readonly p95: Ms | null;
    readonly p99: Ms | null;
    readonly max: Ms | null;
  };
  /** max(1, (wait + run) / max(run, 10 s)). */
  readonly slowdown: { readonly mean: number | null; readonly p95: number | null; readonly max: number | null };
  /** Of all attempts. */
  readonly cost: number;
  readonly completed: number;
  readonly failed: number;
  readonly cancelled: number;
  /** Tasks with a deadline, and those that did not complete by it. */
  readonly deadlines: { readonly tasks: number; readonly missed: number };
  /** Jain's index over the tenants' mean bounded slowdowns; `null`: no tenant. */
  readonly fairness: number | null;
  /** Those with the most tasks. */
  readonly tenants: readonly TenantFigures[];
  /** Those that wait longest, the longest first. */
  readonly worst: readonly WorstTask[];
}

export interface TenantFigures {
  readonly tenant: string;
  readonly tasks: number;
  readonly meanWaitMs: Ms;
  readonly maxWaitMs: Ms;
}

export interface WorstTask {
  readonly seq: Seq;
  /** `null`: it has been removed. */
  readonly id: TaskId | null;
  readonly tenant: string;
  readonly type: string;
  readonly waitMs: Ms;
  /** What it really waited; `null`: it never started. */
  readonly reallyWaitedMs: Ms | null;
}

/** How well a replay of what really decided reproduces what happened. */
export interface Fidelity {
  /** 0-1: the least of the three parts. */
  readonly score: number;
  /** Share of decisions that are the same: made again on what the server was told, where that is proved for the whole window; else `freePlacement`. */
  readonly placement: number;
  readonly placementBy: 'decisions' | 'pool' | 'class';
  /** Where ends are worked out: share of first attempts on the same pool, or where that is little on one of the same region, resource and price. */
  readonly freePlacement?: number;
  /** |replayed - real| of the mean wait, by the real one or a second. */
  readonly waitError: number;
  /** The same of the 95th percentile. */
  readonly tailError: number;
  /** Good enough to build on. */
  readonly isGood: boolean;
}

/** What came of deciding once more on what the server was told, compared decision by decision with what it decided. */
export interface Proof {
  /** All of the window; a part of it (`reason`); the first that was not the same (`difference`); or nothing could be compared (`reason`). */
  readonly outcome: 'proved' | 'partly' | 'differs' | 'none';
  /** The same, since the start of the server. */
  readonly decisions: number;
  /** Of these, in the window. */
  readonly inWindow: number;
  /** The start of the server from which on it was decided once more; `null`: the log has none. */
  readonly from: EpochMs | null;
  /** The last decision that was compared. */
  readonly until: EpochMs | null;
  /** Why not all of it. */
  readonly reason: string | null;
  readonly difference: ProofDifference | null;
}

/** A decision that would be another. */
export interface ProofDifference {
  readonly at: EpochMs;
  readonly task: Seq;
  /** In words. */
  readonly what: string;
  /** Pool, attempt, strategy and why, as the log has it; `null`: it has none. */
  readonly recorded: JsonObject | null;
  /** The same as it would be; `null`: none. */
  readonly again: JsonObject | null;
}

/** One strategy against another. Of all figures less is better. */
export interface Differences {
  readonly meanWait: Difference;
  readonly p95Wait: Difference;
  readonly cost: Difference;
}

export interface Difference {
  readonly absolute: number | null;
  /** By the base; `null` where that is 0. */
  readonly relative: number | null;
  /** 95 %, over slices of the window; `null` where there is none. */
  readonly interval: { readonly low: number; readonly high: number } | null;
  /** Said only when the interval leaves 0 out. */
  readonly verdict: 'better' | 'worse' | null;
}

export const replayStatuses = ['running', 'completed', 'cancelled', 'failed', 'interrupted'] as const;
export type ReplayStatus = (typeof replayStatuses)[number];

/** A replay, from when it was asked for. */
export interface Replay {
  readonly id: string;
  readonly request: ReplayRequest;
  readonly by: string;
  readonly startedAt: EpochMs;
  readonly endedAt: EpochMs | null;
  readonly status: ReplayStatus;
  /** Tasks. `total`: `null` while nobody has counted them. */
  readonly progress: { readonly done: number; readonly total: number | null };
  /** Of one that completed. */
  readonly result: ReplayResult | null;
  /** Why there is none. */
  readonly error: string | null;
}
