import type { Constraint } from './constraint.ts';
import type { Dependencies } from './dependency.ts';
import type { Json, JsonObject } from './json.ts';
import type { TaskStatus } from './task-status.ts';
import type { EpochMs, Ms, Seq, TaskId } from './units.ts';

export type RegionMode = 'prefer' | 'require';
export type ResourceType = 'cpu' | 'gpu';

/** What a client asked for, after defaults. Never changes once accepted. */
export interface TaskSpec {
  readonly tenant: string;
  readonly type: string;
  /** 1-10, larger runs earlier. */
  readonly priority: number;
  /** Estimated units of work, > 0. */
  readonly cost: number;
  /** Home region; `null` has no home. */
  readonly region: string | null;
  /** Where it should or must run, each once; `null`: in its home region alone. */
  readonly regions: readonly string[] | null;
  /** Whether to keep to `regions` (or the home) is a wish or a must. */
  readonly regionMode: RegionMode;
  /** `null`: any. */
  readonly resourceType: ResourceType | null;
  /** What the labels of its pool must say, in canonical form; `null`: anything. */
  readonly constraints: readonly Constraint[] | null;
  /** Units of a pool's capacity it occupies, >= 1; of several parts, each. */
  readonly slots: number;
  /** Parts that start together, each on a pool with room for it, all or none; 1: an ordinary task. */
  readonly parts: number;
  readonly estimateMs: Ms | null;
  /** The task fails with `deadline_exceeded` when this passes before it ended. */
  readonly deadline: EpochMs | null;
  /** Dearest acceptable price: `cost` x the pool's `costPerUnit` must not exceed it. */
  readonly maxCost: number | null;
  /** Not before this time. */
  readonly runAt: EpochMs | null;
  /** Bounds one attempt. */
  readonly timeoutMs: Ms;
  /** Attempts that count; released ones do not. */
  readonly maxAttempts: number;
  /** The client's own, returned unchanged. */
  readonly metadata: JsonObject | null;
  /** Input of the handler. */
  readonly payload: Json;
}

export interface TaskError {
  readonly code: string;
  readonly message: string;
}

/** A task as stored: what was asked, and what became of it. */
export interface Task extends TaskSpec {
  readonly seq: Seq;
  readonly id: TaskId;
  readonly status: TaskStatus;
  /** Number of the latest attempt, 0 before the first: the fencing token of every change while it runs. */
  readonly attempt: number;
  /** Attempts that count against `maxAttempts`, the running one included: a claim adds one, a release takes it back. */
  readonly attemptsUsed: number;
  readonly enqueuedAt: EpochMs;
  /** First moment it could run (acceptance, `runAt`, or when its parents had ended); kept over retries, so age is not lost. */
  readonly readyAt: EpochMs;
  /** While `delayed`: when it becomes `queued`, not before its parents have ended; `null`: as soon as they have. */
  readonly dueAt: EpochMs | null;
  /** Start of the latest attempt. */
  readonly startedAt: EpochMs | null;
  /** When the terminal status was recorded. */
  readonly completedAt: EpochMs | null;
  /** Pool of the latest attempt; `worker_id` on the wire. */
  readonly pool: string | null;
  /** Of several parts: the pool of each in the latest attempt, the first of them `pool`; `null`: one part, or it never started. */
  readonly placement: readonly string[] | null;
  /** Node of the latest attempt, once it was leased, of several parts the first of them; `null` for pools of this server. */
  readonly nodeId: string | null;
  /** Of several parts: the node of each in the latest attempt, `null` for parts that ran on no node; `null`: no node was leased several. */
  readonly partNodes: readonly (string | null)[] | null;
  /** The server that committed the submit. */
  readonly initiatedBy: string;
  /** The node or server that ran the latest attempt. */
  readonly handledBy: string | null;
  /** Name of the strategy that really decided the latest attempt. */
  readonly algorithmUsed: string | null;
  /** Units x price, summed over all attempts that ran; `null` before the first ended. */
  readonly actualCost: number | null;
  readonly result: Json;
  readonly error: TaskError | null;
  readonly cancelRequestedAt: EpochMs | null;
  readonly retryOf: TaskId | null;
  /** Tasks that must have ended before it starts; `null`: none. */
  readonly dependsOn: Dependencies | null;
  /** Sequence number of the latest log row of this task: grows with every change, so it is the version for ETags. */
  readonly version: number;
}

/** The lean view that scheduling needs of a waiting task. */
export interface TaskEntry {
  seq: Seq;
  tenant: string;
  type: string;
  priority: number;
  cost: number;
  region: string | null;
  regions: readonly string[] | null;
  regionMode: RegionMode;
  resourceType: ResourceType | null;
  constraints: readonly Constraint[] | null;
  /** Of one part. */
  slots: number;
  /** Parts that start together, each with `slots` of some pool; 1: an ordinary task. */
  parts: number;
  estimateMs: Ms | null;
  deadline: EpochMs | null;
  maxCost: number | null;
  /** Bounds one attempt: the run time to reckon with where nothing better is known. */
  timeoutMs: Ms;
  readyAt: EpochMs;
  /** Number of the latest attempt; the next one is `attempt + 1`. */
  attempt: number;
}

/** The pool of each part of the latest attempt; nothing before the first. */
export function poolsOfParts({ pool, placement }: Pick<Task, 'pool' | 'placement'>): readonly string[] {
  return placement ?? (pool === null ? [] : [pool]);
}

/** All of its latest attempt runs on nodes, so the end of a server does not end it. */
export function isOnNodesAlone({ parts, nodeId, partNodes }: Pick<Task, 'parts' | 'nodeId' | 'partNodes'>): boolean {
  return parts === 1 ? nodeId !== null : partNodes !== null && !partNodes.includes(null);
}

/** What scheduling needs of a task that waits. */
export function entryOf(task: Task): TaskEntry {
  return {
    seq: task.seq,
    tenant: task.tenant,
    type: task.type,
    priority: task.priority,
    cost: task.cost,
    region: task.region,
    regions: task.regions,
    regionMode: task.regionMode,
    resourceType: task.resourceType,
    constraints: task.constraints,
    slots: task.slots,
    parts: task.parts,
    estimateMs: task.estimateMs,
    deadline: task.deadline,
    maxCost: task.maxCost,
    timeoutMs: task.timeoutMs,
    readyAt: task.readyAt,
    attempt: task.attempt,
  };
}
