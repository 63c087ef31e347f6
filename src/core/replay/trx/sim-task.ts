import type { AttemptOutcome } from '../../domain/attempt.ts';
import type { TaskEntry } from '../../domain/task.ts';
import type { EpochMs, Ms } from '../../domain/units.ts';

/** A task of a replay: what scheduling sees of it, and what becomes of its attempts. */
export interface SimTask {
  readonly entry: Readonly<TaskEntry>;
  readonly maxAttempts: number;
  /** Of attempts 1, 2, ...; those beyond the list succeed and take as long as the last of it. At least one. */
  readonly runs: readonly SimRun[];
  /** Until the core hears of it, once it is ready; after a back-off too. Default 0. */
  readonly reactionMs?: Ms;
  /** What work takes on a pool, by its name, by what it takes elsewhere at the same speed; default 1. */
  readonly ratios?: ReadonlyMap<string, number>;
  /** When somebody asked for it to be cancelled; Infinity: never. */
  readonly cancelAt: EpochMs;
  /** When its deadline ends it, whatever it is at; Infinity: never. */
  readonly expireAt: EpochMs;
}

/** One attempt as it will turn out, whichever pool it goes to. */
export interface SimRun {
  /** What it takes on a pool of speed 1; Infinity: until somebody stops it. */
  readonly workMs: Ms;
  readonly outcome: AttemptOutcome;
  /** Where it was seen to take that; `undefined`: nobody saw it run. */
  readonly pool?: string | undefined;
  /** From its end until the core hears of it: a server commits first. Default 0. */
  readonly reactionMs?: Ms;
  /** From its end until the task is queued again, where it is. */
  readonly backoffMs: Ms;
}

/** How an attempt of a replay ended: as attempts do, or stopped by the deadline. */
export type SimOutcome = AttemptOutcome | 'expired';

/** What becomes of the task then; `undefined`: it comes back. */
export type SimEnd = 'completed' | 'failed' | 'cancelled' | undefined;
