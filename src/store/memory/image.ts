import type { ApiKey } from '../../core/domain/api-key.ts';
import type { Attempt } from '../../core/domain/attempt.ts';
import type { CoreInputs } from '../../core/domain/core-inputs.ts';
import type { LogEntry } from '../../core/domain/events.ts';
import type { Operation } from '../../core/domain/operation.ts';
import type { Pool } from '../../core/domain/pool.ts';
import type { Task } from '../../core/domain/task.ts';
import type { TaskType } from '../../core/domain/task-type.ts';
import type { Tenant } from '../../core/domain/tenant.ts';
import type { EpochMs, Seq } from '../../core/domain/units.ts';
import type { Simulation, StrategyEpoch } from '../../core/ports/catalogue-store.ts';
import type { TaskCounts } from '../../core/ports/task-store.ts';
import type { HourOfSpend } from '../../core/ports/tenant-store.ts';

/** One link of the hash chain: covers the log rows after the link before it, up to `lastSeq`. */
export interface LogLink {
  readonly lastSeq: number;
  readonly hash: string;
}

export interface IdempotencyKey {
  readonly tenant: string;
  readonly key: string;
  readonly fingerprint: string;
  readonly taskSeq: Seq;
  readonly at: EpochMs;
}

/** What decisions were made on, by the log row that carries it. */
export interface InputsOfRow {
  readonly seq: number;
  readonly inputs: CoreInputs;
}

/** Totals of all time, and numbers that must never be given twice. */
export interface Scalars {
  readonly serverEpoch: number;
  readonly lastSeq: Seq;
  readonly lastPoolId: number;
  readonly logFloor: number;
  readonly logHead: number;
  readonly completedEver: number;
  readonly failedEver: number;
  readonly cancelledEver: number;
  readonly completedRunMs: number;
  readonly costEver: number;
}

/** Everything a database file would hold: what is left after a crash, and what a store can be opened from. */
export interface StoreImage extends Scalars {
  readonly tasks: readonly Task[];
  readonly attempts: readonly Attempt[];
  readonly log: readonly LogEntry[];
  readonly links: readonly LogLink[];
  readonly keys: readonly IdempotencyKey[];
  readonly pools: readonly Pool[];
  readonly types: readonly TaskType[];
  readonly epochs: readonly StrategyEpoch[];
  readonly simulations: readonly Simulation[];
  readonly tenants: readonly Tenant[];
  readonly spend: readonly HourOfSpend[];
  readonly apiKeys: readonly ApiKey[];
  readonly inputs: readonly InputsOfRow[];
  readonly operations: readonly Operation[];
}

/** The committed rows and the kept counters beside them, for invariant checks. */
export interface StoreSnapshot extends StoreImage {
  readonly counts: TaskCounts;
}

export const emptyScalars: Scalars = {
  serverEpoch: 0,
  lastSeq: 0,
  lastPoolId: 0,
  logFloor: 1,
  logHead: 0,
  completedEver: 0,
  failedEver: 0,
  cancelledEver: 0,
  completedRunMs: 0,
  costEver: 0,
};
