import type { Labels } from './label.ts';
import type { ResourceType } from './task.ts';
import type { Ms } from './units.ts';

/** As many as one node may offer. */
export const mostNodeSlots = 1_024;

export const poolStates = ['active', 'draining', 'paused'] as const;
export type PoolState = (typeof poolStates)[number];

export const executorNames = ['simulated', 'function', 'bundle', 'node'] as const;
export type ExecutorName = (typeof executorNames)[number];

/** Slots that one pool may be given. */
export const mostCapacity = 1_000_000;

/** Settings of the `simulated` executor: a uniform latency and a failure ratio, drawn per task from a seed. */
export interface SimulatedSettings {
  readonly latencyMs: readonly [min: Ms, max: Ms];
  /** 0-1. */
  readonly failureRatio: number;
  readonly seed: number;
}

/** The longest pause of a pool that failed again and again. */
export const longestCoolingMs: Ms = 3_600_000;

/** When a pool on which attempts keep failing is left alone for a while, so that it does not fail all that waits. */
export interface CoolingRule {
  /** Attempts that fail or time out one after the other, 1-1,000. */
  readonly failures: number;
  /** The first pause, 1,000-3,600,000. Each further one is twice as long, up to an hour, until an attempt succeeds. */
  readonly forMs: Ms;
}

/** A worker pool: where work can run, at what price, and how much of it at once. */
export interface Pool {
  readonly id: number;
  /** Unique; what `worker_id` of a task says. */
  readonly name: string;
  readonly region: string;
  readonly resourceType: ResourceType;
  /** Price of one unit of work, >= 0. */
  readonly costPerUnit: number;
  /** Slots, >= 0. Lowering it below the load stops new starts and never kills running work. A pool of nodes has 0: it holds what its live nodes offer. */
  readonly capacity: number;
  readonly executor: ExecutorName;
  /** Task types it accepts; `*` is every type its executor can run. */
  readonly types: readonly string[];
  /** Relative speed, > 0; 2 halves the run time. */
  readonly speed: number;
  /** Grams of CO2 per kWh of the electricity it runs on, >= 0; `null`: nobody said. */
  readonly carbonGramsPerKwh: number | null;
  readonly state: PoolState;
  /** Caps per type inside this pool, on top of `capacity`. */
  readonly typeLimits: Readonly<Record<string, number>>;
  /** What constraints of tasks can ask for. */
  readonly labels: Labels;
  readonly simulated: SimulatedSettings | null;
  /** `null`: it takes work however much fails. */
  readonly cooling: CoolingRule | null;
  /** Grows by one with every change; the ETag. */
  readonly version: number;
}

/** What a client may set of a pool. */
export type PoolSpec = Omit<Pool, 'id' | 'version'>;

/** Nodes of a pool that run parts of tasks of several, and are alike in that. */
export interface PartNodes {
  /** Of each. */
  readonly slots: number;
  readonly count: number;
  /** Types they run; `*` is any. */
  readonly types: readonly string[];
}
