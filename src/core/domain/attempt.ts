import type { Json } from './json.ts';
import type { EpochMs, Seq } from './units.ts';

/** How an attempt ended, as recorded. */
export const attemptOutcomes = ['succeeded', 'failed', 'timed_out', 'lost', 'released', 'cancelled'] as const;
export type AttemptOutcome = (typeof attemptOutcomes)[number];

/** One try to run a task, numbered from 1 without gaps. At most one of a task is live (`endedAt` null). */
export interface Attempt {
  readonly taskSeq: Seq;
  readonly attempt: number;
  readonly pool: string;
  /** The node that holds its lease; `null` while no node has it, and for pools of this server. */
  readonly nodeId: string | null;
  /** The start of the server that opened it: an open attempt of an older epoch is lost. */
  readonly serverEpoch: number;
  readonly startedAt: EpochMs;
  readonly endedAt: EpochMs | null;
  readonly outcome: AttemptOutcome | null;
}

/** How far the work of an attempt says it is. Memory only: a new server knows it when it is said again. */
export interface Progress {
  /** 0 to 1; of several parts their mean. */
  readonly ratio: number;
  readonly note: string | null;
  readonly at: EpochMs;
}

/** What an executor returns for one attempt. It never throws: every way to end is a value. */
export type Outcome =
  | { readonly kind: 'succeeded'; readonly result: Json }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string; readonly retryable: boolean }
  /** The abort signal was obeyed; the engine knows why it was raised (timeout, deadline, cancel, shutdown). */
  | { readonly kind: 'stopped' }
  /** Handed back unfinished, for no fault of the task: it runs again and no attempt is counted. */
  | { readonly kind: 'released' }
  /** The executor lost sight of the work (its thread or node died). */
  | { readonly kind: 'lost'; readonly message: string };
