import type { Jobs } from '../jobs.ts';
import type { LoadedJobs } from '../loaded-jobs.ts';
import type { Trace } from '../trace.ts';

export const backfills = ['none', 'easy', 'conservative', 'rls'] as const;
export type Backfill = (typeof backfills)[number];

/** A policy that a semantics has, ready to run. */
export interface Choice {
  readonly kind: 'choice';
  readonly policy: string;
  readonly backfill: Backfill;
  /**
   * @param jobs as `load` leaves them, or a window of them
   * @returns start of each row, in the trace's seconds
   * @throws TraceError when a job makes the simulation impossible
   */
  readonly simulate: (jobs: Jobs, machine: number) => Float64Array;
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
  /** Its filter. */
  readonly load: (trace: Trace, machine: number) => LoadedJobs;
  readonly choose: (policy: string, backfill: Backfill | undefined) => Choice | Refusal;
}

export function refusal(message: string): Refusal {
  return { kind: 'refusal', message };
}
