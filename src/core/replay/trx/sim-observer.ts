import type { EpochMs } from '../../domain/units.ts';
import type { PoolEntry } from '../../scheduling/core.ts';
import type { SimEnd, SimOutcome, SimTask } from './sim-task.ts';

/** One attempt of a replay that ended: to be looked at while it is told, as it goes on to the next. */
export interface SimAttempt {
  readonly task: SimTask;
  /** From 1. */
  readonly attempt: number;
  /** Of every part; nearly always one. */
  readonly pools: readonly PoolEntry[];
  readonly startedAt: EpochMs;
  readonly endedAt: EpochMs;
  readonly outcome: SimOutcome;
}

/** Who hears what happens. Everything is told in order of time. */
export interface SimObserver {
  started?(task: SimTask, attempt: number, pool: PoolEntry, at: EpochMs): void;
  ended?(attempt: SimAttempt): void;
  /** The task is done with. */
  closed?(task: SimTask, end: Exclude<SimEnd, undefined>, at: EpochMs, life: SimLife): void;
}

/** What a task has been through: to be looked at while it is told. */
export interface SimLife {
  /** How many attempts it had. */
  readonly attempt: number;
  /** Of its first attempt; `undefined`: it had none. */
  readonly firstStartedAt: EpochMs | undefined;
  /** Of its last attempt; equal where it had none. */
  readonly startedAt: EpochMs;
  readonly endedAt: EpochMs;
}
