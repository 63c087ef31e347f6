import type { EpochMs } from '../domain/units.ts';
import type { SchedulingCore } from './contracts.ts';
import type { EstimateSource } from './estimates.ts';
import { Scheduler } from './scheduler.ts';

export type { DecisionRecord } from '../domain/decision.ts';
export type { PoolFit, Preview, WaitingGroup, WaitingTask } from './answers.ts';
export type { Decision, PoolEntry, SchedulingCore, StrategySwitch, TenantLimits, TypeLimits } from './contracts.ts';
export type { Relaxation } from './relaxation.ts';

export interface SchedulingOptions {
  /** Times a strategy sees are differences to this moment. Default 0. */
  readonly origin?: EpochMs;
  /** Default `predicted`: run times are learnt from attempts that succeeded. */
  readonly estimates?: EstimateSource;
}

/** A core without pools, tasks, limits and strategy; until `setStrategy` nothing starts. */
export function createSchedulingCore(options: SchedulingOptions = {}): SchedulingCore {
  return new Scheduler(options.origin ?? 0, options.estimates ?? 'predicted');
}
