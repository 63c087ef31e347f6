import type { ApiKey } from '../../core/domain/api-key.ts';
import type { Attempt } from '../../core/domain/attempt.ts';
import type { LogEntry } from '../../core/domain/events.ts';
import type { Operation } from '../../core/domain/operation.ts';
import type { Pool } from '../../core/domain/pool.ts';
import type { Task } from '../../core/domain/task.ts';
import { type TaskStatus, taskStatuses } from '../../core/domain/task-status.ts';
import type { TaskType } from '../../core/domain/task-type.ts';
import type { Tenant } from '../../core/domain/tenant.ts';
import type { EpochMs, Seq, TaskId } from '../../core/domain/units.ts';
import type { Simulation, StrategyEpoch } from '../../core/ports/catalogue-store.ts';
import type { TaskCounts } from '../../core/ports/task-store.ts';
import type { HourOfSpend } from '../../core/ports/tenant-store.ts';
import { emptyScalars, type IdempotencyKey, type InputsOfRow, type LogLink, type Scalars, type StoreImage } from './image.ts';
import { createJournal, type Table } from './journal.ts';

/** The rows of a database on plain maps, with kept counters and the index from id to seq. */
export interface Tables {
  readonly tasks: Table<Seq, Task>;
  readonly attempts: Table<string, Attempt>;
  readonly log: Table<number, LogEntry>;
  readonly links: Table<number, LogLink>;
  readonly keys: Table<string, IdempotencyKey>;
  readonly pools: Table<string, Pool>;
  readonly types: Table<string, TaskType>;
  readonly epochs: Table<number, StrategyEpoch>;
  readonly simulations: Table<string, Simulation>;
  readonly tenants: Table<string, Tenant>;
  readonly spend: Table<string, HourOfSpend>;
  readonly apiKeys: Table<string, ApiKey>;
  readonly inputs: Table<number, InputsOfRow>;
  readonly operations: Table<string, Operation>;
  readonly scalars: Scalars;
  change(change: Partial<Scalars>): void;
  seqOf(id: TaskId): Seq | undefined;
  counts(): TaskCounts;
  keep(synced: boolean): void;
  undo(): void;
  /** What is committed. */
  visible(): StoreImage;
  /** What a power cut now would leave. */
  durable(): StoreImage;
}

export const attemptKey = (seq: Seq, attempt: number): string => `${seq}/${attempt}`;
export const spendKey = (hour: EpochMs, tenant: string): string => `${hour}/${tenant}`;
export const idempotencyKey = (tenant: string, key: string): string => JSON.stringify([tenant, key]);

export function createTables(image?: StoreImage): Tables {
  const journal = createJournal();
  const seqs = new Map<TaskId, Seq>();
  const byStatus = new Map<TaskStatus, number>(taskStatuses.map((status) => [status, 0]));
  let scalars: Scalars = emptyScalars;

  const tasks = journal.table<Seq, Task>(
    (a, b) => a.seq - b.seq,
    (before, after) => {
      if (before !== undefined) {
        seqs.delete(before.id);
        byStatus.set(before.status, (byStatus.get(before.status) ?? 0) - 1);
      }
      if (after !== undefined) {
        seqs.set(after.id, after.seq);
        byStatus.set(after.status, (byStatus.get(after.status) ?? 0) + 1);
      }
    },
  );
  const attempts = journal.table<string, Attempt>((a, b) => a.taskSeq - b.taskSeq || a.attempt - b.attempt);
  const log = journal.table<number, LogEntry>((a, b) => a.seq - b.seq);
  const links = journal.table<number, LogLink>((a, b) => a.lastSeq - b.lastSeq);
  const keys = journal.table<string, IdempotencyKey>((a, b) => a.taskSeq - b.taskSeq);
  const pools = journal.table<string, Pool>((a, b) => a.id - b.id);
  const types = journal.table<string, TaskType>((a, b) => (a.name < b.name ? -1 : 1));
  const epochs = journal.table<number, StrategyEpoch>((a, b) => a.epoch - b.epoch);
  const simulations = journal.table<string, Simulation>((a, b) => a.startTime - b.startTime);
  const tenants = journal.table<string, Tenant>((a, b) => (a.name < b.name ? -1 : 1));
  const spend = journal.table<string, HourOfSpend>((a, b) => a.hour - b.hour || (a.tenant < b.tenant ? -1 : 1));
  const operations = journal.table<string, Operation>((a, b) => a.startTime - b.startTime || (a.id < b.id ? -1 : 1));
  const apiKeys = journal.table<string, ApiKey>((a, b) => (a.name < b.name ? -1 : 1));
  const inputs = journal.table<number, InputsOfRow>((a, b) => a.seq - b.seq);

  function change(changed: Partial<Scalars>): void {
    const before = scalars;
    const after = { ...scalars, ...changed };
    scalars = after;
    journal.record({
      takeBack: () => {
        scalars = before;
      },
      again: () => {
        scalars = after;
      },
    });
  }

  function load(rows: StoreImage): void {
    for (const task of rows.tasks) tasks.set(task.seq, task);
    for (const attempt of rows.attempts) attempts.set(attemptKey(attempt.taskSeq, attempt.attempt), attempt);
    for (const entry of rows.log) log.set(entry.seq, entry);
    for (const link of rows.links) links.set(link.lastSeq, link);
    for (const key of rows.keys) keys.set(idempotencyKey(key.tenant, key.key), key);
    for (const pool of rows.pools) pools.set(pool.name, pool);
    for (const type of rows.types) types.set(type.name, type);
    for (const epoch of rows.epochs) epochs.set(epoch.epoch, epoch);
    for (const simulation of rows.simulations) simulations.set(simulation.id, simulation);
    for (const tenant of rows.tenants) tenants.set(tenant.name, tenant);
    for (const hour of rows.spend) spend.set(spendKey(hour.hour, hour.tenant), hour);
    for (const key of rows.apiKeys) apiKeys.set(key.prefix, key);
    for (const row of rows.inputs) inputs.set(row.seq, row);
    for (const operation of rows.operations) operations.set(operation.id, operation);
    const { serverEpoch, lastSeq, lastPoolId, logFloor, logHead, completedEver, failedEver, cancelledEver, completedRunMs, costEver } =
      rows;
    change({ serverEpoch, lastSeq, lastPoolId, logFloor, logHead, completedEver, failedEver, cancelledEver, completedRunMs, costEver });
    journal.keep(true);
  }

  function visible(): StoreImage {
    return {
      ...scalars,
      tasks: tasks.rows(),
      attempts: attempts.rows(),
      log: log.rows(),
      links: links.rows(),
      keys: keys.rows(),
      pools: pools.rows(),
      types: types.rows(),
      epochs: epochs.rows(),
      simulations: simulations.rows(),
      tenants: tenants.rows(),
      spend: spend.rows(),
      apiKeys: apiKeys.rows(),
      inputs: inputs.rows(),
      operations: operations.rows(),
    };
  }

  if (image !== undefined) load(image);

  return {
    tasks,
    attempts,
    log,
    links,
    keys,
    pools,
    types,
    epochs,
    simulations,
    tenants,
    spend,
    apiKeys,
    inputs,
    operations,
    get scalars() {
      return scalars;
    },
    change,
    seqOf: (id) => seqs.get(id),
    counts() {
      const { completedEver, failedEver, cancelledEver, completedRunMs, costEver } = scalars;
      return {
        byStatus: Object.fromEntries(byStatus) as Record<TaskStatus, number>,
        completedEver,
        failedEver,
        cancelledEver,
        completedRunMs,
        costEver,
      };
    },
    keep: journal.keep,
    undo: journal.undo,
    visible,
    durable: () => journal.beforeUnsynced(visible),
  };
}
