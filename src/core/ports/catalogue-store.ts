import type { JsonObject } from '../domain/json.ts';
import type { Pool, PoolSpec } from '../domain/pool.ts';
import type { TaskType, TaskTypeSpec } from '../domain/task-type.ts';
import type { EpochMs, Seq } from '../domain/units.ts';

/** An epoch of scheduling: the span in which one strategy with one set of parameters decides. */
export interface StrategyEpoch {
  /** From 1, one more with every switch. */
  readonly epoch: number;
  readonly name: string;
  readonly params: JsonObject;
  readonly seed: number;
  readonly since: EpochMs;
  readonly by: string;
  /** Why, in the words of who switched; `null` when nothing was said. */
  readonly reason: string | null;
}

/** State of one traffic simulation; survives restarts. */
export interface Simulation {
  readonly id: string;
  /** As the client sent it, defaults filled in. */
  readonly input: JsonObject;
  readonly tasksCreated: number;
  readonly taskCount: number;
  readonly startTime: EpochMs;
  readonly endTime: EpochMs | null;
  readonly status: 'running' | 'completed' | 'stopped';
}

/** A plan of a strategy that plans, as it is logged: so many tasks that need what `like` needs go to pools like `pool`. */
export interface RecordedPlan {
  readonly epoch: number;
  /** False when its time was over before it was the best. */
  readonly optimal: boolean;
  readonly tokens: readonly { readonly like: Seq; readonly pool: string; readonly tasks: number }[];
}

/**
 * Pools, types, the active strategy, simulations: small tables that change rarely. Same rules as TaskStore: one verb, one log row
 * (with who did it), answered after COMMIT. `ifVersion` makes a change conditional; on a mismatch nothing changes.
 */
export interface CatalogueStore {
  /** In id order, the order that breaks ties. */
  pools(): Promise<readonly Pool[]>;
  /** @returns the stored pool, or `undefined` when the name is taken. */
  addPool(spec: PoolSpec, at: EpochMs, by: string): Promise<Pool | undefined>;
  /** @returns the new state, or `undefined` when there is no such pool or its version is not `ifVersion`. */
  changePool(name: string, spec: PoolSpec, at: EpochMs, by: string, ifVersion?: number): Promise<Pool | undefined>;
  removePool(name: string, at: EpochMs, by: string, ifVersion?: number): Promise<boolean>;

  types(): Promise<readonly TaskType[]>;
  /** Adds or replaces. @returns `undefined` when `ifVersion` does not hold (0: must not exist yet). */
  putType(spec: TaskTypeSpec, at: EpochMs, by: string, ifVersion?: number): Promise<TaskType | undefined>;
  removeType(name: string, at: EpochMs, by: string, ifVersion?: number): Promise<boolean>;

  /** Newest first; empty before the first start. */
  strategyEpochs(limit: number): Promise<readonly StrategyEpoch[]>;
  /**
   * Opens the next epoch; `undefined` when `ifEpoch` is not the current one. @param beside what else the log row of the switch says: on what
   * grounds (`receipt`), and which parameters it took back to their defaults (`reset`)
   */
  openEpoch(next: Omit<StrategyEpoch, 'epoch'>, ifEpoch?: number, beside?: JsonObject): Promise<StrategyEpoch | undefined>;

  /** A replay began or ended. It has no row: what the log says of it is all there is. */
  noteReplay(event: 'replay_started' | 'replay_ended', details: JsonObject, at: EpochMs): Promise<void>;

  /** Logs that tasks have waited longer than their strategy promises: one row for all of them. */
  noteWaits(details: JsonObject, at: EpochMs): Promise<void>;

  /** Logs that something happened to a pool which is not in its row. */
  notePool(event: 'pool_cooled', details: JsonObject, at: EpochMs): Promise<void>;

  /** Logs a plan that comes into force, before the claims that follow it. */
  recordPlan(plan: RecordedPlan, at: EpochMs): Promise<void>;

  simulation(id: string): Promise<Simulation | undefined>;
  /** The latest whose `input` names this key and tenant. */
  simulationOfKey(tenant: string | null, key: string): Promise<Simulation | undefined>;
  runningSimulations(): Promise<readonly Simulation[]>;
  putSimulation(simulation: Simulation): Promise<void>;
}
