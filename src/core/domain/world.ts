import type { Attempt } from './attempt.ts';
import type { LogEntry } from './events.ts';
import type { Pool } from './pool.ts';
import type { Task } from './task.ts';
import type { TaskStatus } from './task-status.ts';
import type { TaskType } from './task-type.ts';
import type { Tenant } from './tenant.ts';
import type { EpochMs, Ms, Seq, TaskId } from './units.ts';

/** Everything that can be known of a server at one moment, for `checkInvariants`. What is left out is not checked. */
export interface World {
  readonly rows: WorldRows;
  readonly memory?: EngineSnapshot;
  readonly history?: History;
  readonly now: EpochMs;
  /** Every task should have ended by now, and nothing should be in use. */
  readonly atRest: boolean;
}

/** Committed rows, as of one commit. */
export interface WorldRows {
  /** Number of the server start that the rows belong to. */
  readonly serverEpoch: number;
  readonly tasks: readonly Task[];
  readonly attempts: readonly Attempt[];
  readonly pools: readonly Pool[];
  readonly types: readonly TaskType[];
  readonly tenants: readonly Tenant[];
  readonly log?: LogRows;
  /** Kept counters. */
  readonly byStatus?: Readonly<Record<TaskStatus, number>>;
}

export interface LogRows {
  /** In order of `seq`. */
  readonly entries: readonly LogEntry[];
  /** Lowest `seq` that retention has left. */
  readonly floor: number;
  /** Highest `seq` ever given, 0 for none. */
  readonly head: number;
  /** What recomputing the hash chain said; absent: nobody did. */
  readonly chainHolds?: boolean;
}

/** The engine's memory, read between two turns: no answer is on its way. */
export interface EngineSnapshot {
  /** Recovered and deciding. */
  readonly ready: boolean;
  /** Waiting tasks in the order they would start were there room for all. */
  readonly order: readonly Seq[];
  /** Of those, the ones that their strategy lets wait although there may be room: for a plan, for a better pool, because that is kept for another. */
  readonly kept: ReadonlySet<Seq>;
  /** The same order from a queue built again from the rows; absent: nobody did. */
  readonly rebuilt?: readonly Seq[];
  readonly pools: readonly { readonly name: string; readonly capacity: number; readonly load: number }[];
  /** Handed to an executor and not settled. */
  readonly running: readonly Seq[];
  /** Decided, their COMMIT still out. */
  readonly deciding: number;
  /** Sent to the store, not answered. */
  readonly submitting: number;
  /** On their way from `delayed` to `queued`. */
  readonly due: number;
  /** Tasks that wait, queued and delayed, as limits count them: by tenant and by type. */
  readonly waiting: { readonly tenant: ReadonlyMap<string, number>; readonly type: ReadonlyMap<string, number> };
  /** Nothing is under way between memory and store, and no turn is due: what could start has started. Absent: nobody knows. */
  readonly idle?: boolean;
}

/** What was observed from outside over the whole life of the data. */
export interface History {
  /** In the order of their answers. */
  readonly exchanges: readonly Exchange[];
  readonly reports?: readonly Report[];
  readonly streams?: readonly Stream[];
  readonly restarts?: readonly Restart[];
  /** What retention may remove; absent: nothing. */
  readonly retention?: { readonly maxAgeMs: Ms; readonly maxTasks: number };
  /** Highest wall time the server has ever read: age is judged by it. */
  readonly latestNow: EpochMs;
  /** How often somebody asked for each of these tasks to start before its time. */
  readonly forcedDue?: ReadonlyMap<TaskId, number>;
}

/** A request and its answer; `unknown` when the reply was lost. */
export type Exchange =
  | {
      readonly kind: 'submit';
      readonly tenant: string;
      readonly idempotency: { readonly key: string; readonly fingerprint: string } | null;
      readonly at: EpochMs;
      readonly answer: { readonly id: TaskId } | { readonly refused: string } | 'unknown';
    }
  | {
      readonly kind: 'cancel';
      readonly id: TaskId;
      /** `ended`: refused, as the task is terminal. */
      readonly answer: 'cancelled' | 'requested' | 'ended' | { readonly refused: string } | 'unknown';
    };

/** Somebody said that an attempt ended. `unknown`: the answer was lost. */
export interface Report {
  readonly seq: Seq;
  readonly attempt: number;
  readonly answer: 'settled' | 'stale' | 'unknown';
}

/** What one reader of the live log was given, over all its reconnects; it began to listen after `after`. */
export interface Stream {
  readonly after: number;
  readonly seqs: readonly number[];
}

export interface Restart {
  /** Monotonic. */
  readonly startedMs: Ms;
  readonly readyMs: Ms;
}
