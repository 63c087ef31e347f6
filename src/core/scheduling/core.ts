import type { SchedulingCore, SchedulingOptions } from './contracts.ts';
import { createParts } from './parts.ts';
import { Scheduler } from './scheduler.ts';

export type { DecisionRecord } from '../domain/decision.ts';
export type { KeptPool, PassedUntil, PoolFit, Preview, WaitingGroup, WaitingTask, WaitTotals } from './answers.ts';
export type {
  Decision,
  PoolEntry,
  SchedulingCore,
  SchedulingOptions,
  StrategySwitch,
  TenantLimits,
  Turn,
  TypeLimits,
} from './contracts.ts';
export type { Relaxation } from './relaxation.ts';

/** A core without pools, tasks, limits and strategy; until `setStrategy` nothing starts. */
export function createSchedulingCore(options: SchedulingOptions = {}): SchedulingCore {
  return new Scheduler(createParts(options));
}
