import type { PoolEntry } from '../../scheduling/core.ts';
import type { Jobs } from '../jobs.ts';
import type { LoadedJobs } from '../loaded-jobs.ts';
import type { TaskFields, Trace } from '../trace.ts';

export const backfills = ['none', 'easy', 'conservative', 'rls'] as const;
export type Backfill = (typeof backfills)[number];

/** A policy that a semantics has, ready to run. */
export interface Choice {
  readonly kind: 'choice';
  readonly policy: string;
  readonly backfill: Backfill;
  /** It cannot place on several pools, whatever the semantics can. */
  readonly isOneMachine?: true;
  /** What to know about it, in a sentence. */
  readonly note?: string;
  /**
   * @param jobs as `load` leaves them, or a window of them
   * @param setting pools in place of one machine, for semantics that have them
   * @throws TraceError when a job makes the simulation impossible
   */
  readonly simulate: (jobs: Jobs, machine: number, setting?: Setting) => Placement;
}

/** When and where each row began. */
export interface Placement {
  /** In the trace's seconds. */
  readonly starts: Float64Array;
  /** Index of the pool; `undefined`: there is one. */
  readonly pools?: Int32Array;
}

/** Several pools, and what tasks say of themselves beyond a job of a log. */
export interface Setting {
  readonly pools: readonly PoolEntry[];
  /** USD per slot-hour of a pool, by the hour of the trace; `undefined`: prices never change. */
  readonly priceAt: ((pool: number, hour: number) => number) | undefined;
  readonly fieldsOf: (id: number) => TaskFields | undefined;
}

/** What a semantics does not have, in a sentence that lists what it has. */
export interface Refusal {
  readonly kind: 'refusal';
  readonly message: string;
}

/**
 * One event loop with its own idea of what happens at equal times, when a pass is made and what counts as free. Figures of two semantics
 * are never compared, whatever the policies are called.
 */
export interface Semantics {
  readonly name: string;
  /** It places jobs on several pools. */
  readonly hasPools?: boolean;
  /** Its filter. */
  readonly load: (trace: Trace, machine: number) => LoadedJobs;
  readonly choose: (policy: string, backfill: Backfill | undefined) => Choice | Refusal;
}

export function refusal(message: string): Refusal {
  return { kind: 'refusal', message };
}
