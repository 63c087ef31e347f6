import type { Constraint } from '../domain/constraint.ts';
import type { DecisionRecord } from '../domain/decision.ts';
import type { RegionMode, ResourceType } from '../domain/task.ts';
import type { EpochMs, Seq } from '../domain/units.ts';
import type { FitCheck } from './fit-checks.ts';
import type { Forecast } from './forecast.ts';
import type { Holder } from './holders.ts';
import type { Hold, PoolCounts, SchedulingReason } from './reasons.ts';

/** A pool that is kept for a task that waits too long: only what does not delay it may use the pool meanwhile. */
export interface KeptPool {
  readonly poolId: number;
  readonly pool: string;
  readonly seq: Seq;
  /** When it is expected to start there at the latest; `undefined`: nobody knows, and the pool drains for it. */
  readonly startsBy: EpochMs | undefined;
}

/** How long newer work may go before a waiting task. */
export interface PassedUntil {
  /** What gets ready after this never goes before it in the order; Infinity: it always may. */
  readonly newerUntil: EpochMs;
  /** From when on it has passed its longest wait, should it still wait; Infinity: never. */
  readonly pastFrom: EpochMs;
}

/** Why a task waits, and for how long. */
export interface WaitingTask {
  /** Everything that stops it, the one that lasts longest by itself first; never empty. */
  readonly holds: readonly Hold[];
  readonly counts: PoolCounts;
  /** `undefined`: nobody knows. */
  readonly forecast: Forecast | undefined;
  /** What runs on the pools it may go to, most slots first. */
  readonly holders: readonly Holder[];
  /** The pool that is kept for it, or that has room and is kept from it. */
  readonly kept: KeptPool | undefined;
  readonly passed: PassedUntil;
}

/** What would become of a task that nobody submitted. */
export interface Preview {
  /** Everything that stops it, the one that lasts longest by itself first; empty: it starts at once. */
  readonly holds: readonly Hold[];
  /** Where it starts; `undefined`: it waits. */
  readonly poolId: number | undefined;
  /** Of a gang that starts: where every part does; else empty. */
  readonly parts: readonly number[];
  /** Why there. */
  readonly record: DecisionRecord | undefined;
  /** No pool could ever run it as it is. */
  readonly isInfeasible: boolean;
  readonly counts: PoolCounts;
  /** Lowest and highest price of a unit of work on the pools that may run it; `undefined`: there is none. */
  readonly prices: readonly [least: number, most: number] | undefined;
  /** `undefined`: nobody knows. */
  readonly forecast: Forecast | undefined;
}

/** Waiting tasks with the same needs that the same thing stops. */
export interface WaitingGroup {
  /** Of the task that waits longest. */
  readonly hold: Hold;
  readonly tasks: number;
  readonly oldest: Seq;
  /** Since when the oldest could have run. */
  readonly oldestReadyAt: EpochMs;
  /** Tasks of these that have passed their longest wait. */
  readonly past: number;
  /** Whose limit it is, where a tenant's own stops it. */
  readonly tenant: string | null;
  readonly needs: {
    readonly type: string;
    readonly resourceType: ResourceType | null;
    /** Its home, or the regions it names; empty: none. */
    readonly regions: readonly string[];
    readonly regionMode: RegionMode;
    /** Of each part. */
    readonly slots: number;
    readonly parts: number;
    /** Dearest price of one unit of work it can pay; `null`: any. */
    readonly priceCap: number | null;
    readonly constraints: readonly Constraint[];
  };
}

/** How long all waiting tasks have waited, and how many for longer than their strategy promises. */
export interface WaitTotals {
  /** The task that has been ready longest; `undefined`: nothing waits. */
  readonly oldest: { readonly seq: Seq; readonly readyAt: EpochMs } | undefined;
  /** Tasks past their longest wait. */
  readonly past: number;
  /** Of these, those that passed it after the moment asked for, by type and by what stops them, most tasks first. */
  readonly newlyPast: readonly PastGroup[];
  /** When the next task will pass its own; Infinity: none will. */
  readonly nextPastAt: EpochMs;
}

export interface PastGroup {
  readonly type: string;
  readonly reason: SchedulingReason;
  readonly tasks: number;
  /** Of these tasks the one that has been ready longest. */
  readonly oldest: Seq;
  readonly oldestReadyAt: EpochMs;
}

/** A pass over all waiting tasks, in steps, so that a million of them hold up nothing else. Tasks that come or go meanwhile may be missed. */
export interface WaitSurvey {
  /** Looks at about so many more. @returns true when all were. */
  step(tasks: number): boolean;
  /** Once `step` has said so. */
  totals(): WaitTotals;
}

/** One demand of a task on one pool: what it asks for, and what the pool has. */
export interface PoolCheck {
  readonly check: FitCheck;
  readonly isMet: boolean;
  /** `null`: it asks for nothing. */
  readonly need: string | number | null;
  readonly have: string | number | null;
}

/** Why a pool and not this one, or why not. */
export interface PoolFit {
  readonly poolId: number;
  readonly checks: readonly PoolCheck[];
}
