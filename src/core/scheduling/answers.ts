import type { Constraint } from '../domain/constraint.ts';
import type { DecisionRecord } from '../domain/decision.ts';
import type { RegionMode, ResourceType } from '../domain/task.ts';
import type { EpochMs, Seq } from '../domain/units.ts';
import type { FitCheck } from './fit-checks.ts';
import type { Forecast } from './forecast.ts';
import type { Holder } from './holders.ts';
import type { Hold, PoolCounts } from './reasons.ts';

/** A pool that is kept for a task that waits too long: only what does not delay it may use the pool meanwhile. */
export interface KeptPool {
  readonly poolId: number;
  readonly pool: string;
  readonly seq: Seq;
  /** When it is expected to start there at the latest; `undefined`: nobody knows, and the pool drains for it. */
  readonly startsBy: EpochMs | undefined;
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
}

/** What would become of a task that nobody submitted. */
export interface Preview {
  /** Everything that stops it, the one that lasts longest by itself first; empty: it starts at once. */
  readonly holds: readonly Hold[];
  /** Where it starts; `undefined`: it waits. */
  readonly poolId: number | undefined;
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
  /** Whose limit it is, where a tenant's own stops it. */
  readonly tenant: string | null;
  readonly needs: {
    readonly type: string;
    readonly resourceType: ResourceType | null;
    /** Its home, or the regions it names; empty: none. */
    readonly regions: readonly string[];
    readonly regionMode: RegionMode;
    readonly slots: number;
    /** Dearest price of one unit of work it can pay; `null`: any. */
    readonly priceCap: number | null;
    readonly constraints: readonly Constraint[];
  };
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
