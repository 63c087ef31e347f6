import { sql } from 'drizzle-orm';
import { blob, index, integer, primaryKey, real, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import type { Role } from '../../core/domain/api-key.ts';
import type { JsonObject } from '../../core/domain/json.ts';
import type { Operation, OperationStatus } from '../../core/domain/operation.ts';
import type { PoolSpec } from '../../core/domain/pool.ts';
import type { TaskTypeSpec } from '../../core/domain/task-type.ts';
import type { TenantSpec } from '../../core/domain/tenant.ts';
import type { Simulation } from '../../core/ports/catalogue-store.ts';

/**
 * The tables. Small on purpose: integer keys in order of arrival, names as numbers of the `symbol` dictionary, NULL for what is usual,
 * one index per question that is really asked (docs/adr/0002-store.md). Times are epoch ms.
 *
 * Three things Drizzle cannot say are written by hand in the migrations: WITHOUT ROWID of `attempt`, `counter`, `spend` and `dependency`, the trigger
 * that guards terminal statuses, and the application id. A generated migration that rebuilds one of these tables must say them again;
 * tests/unit/store/sqlite-schema.test.ts notices.
 */

/** Every name there is (tenants, types, regions, pools, ...), stored once. Numbers start at 1 and are never given twice. */
export const symbol = sqliteTable('symbol', {
  code: integer('code').primaryKey(),
  name: text('name').notNull().unique(),
});

export const task = sqliteTable(
  'task',
  {
    seq: integer('seq').primaryKey(),
    id: blob('id', { mode: 'buffer' }).notNull(),
    /** Index in `statusCodes`. */
    status: integer('status').notNull(),
    tenant: integer('tenant').notNull(),
    type: integer('type').notNull(),
    priority: integer('priority').notNull(),
    cost: real('cost').notNull(),
    region: integer('region'),
    slots: integer('slots').notNull(),
    timeoutMs: integer('timeout_ms').notNull(),
    maxAttempts: integer('max_attempts').notNull(),
    /** JSON of the fields that few tasks have, see task-row.ts; NULL: none. A column less is time saved at every read and update. */
    rare: text('rare'),
    /** JSON; NULL: null. Likewise payload and result. */
    metadata: text('metadata'),
    payload: text('payload'),
    initiatedBy: integer('initiated_by').notNull(),
    enqueuedAt: integer('enqueued_at').notNull(),
    /** NULL: the same as `enqueued_at`. */
    readyAt: integer('ready_at'),
    dueAt: integer('due_at'),
    /** Log row of the latest change: where the task's part of the log begins, read backwards. */
    version: integer('version').notNull(),
    attempt: integer('attempt').notNull().default(0),
    attemptsUsed: integer('attempts_used').notNull().default(0),
    startedAt: integer('started_at'),
    completedAt: integer('completed_at'),
    pool: integer('pool'),
    handledBy: integer('handled_by'),
    algorithmUsed: integer('algorithm_used'),
    actualCost: real('actual_cost'),
    result: text('result'),
    /** JSON. */
    error: text('error'),
    cancelRequestedAt: integer('cancel_requested_at'),
    /** Symbol of the worker node that holds the latest attempt, of several parts the first of them. */
    node: integer('node'),
    /** JSON of the pools of the latest attempt by part, as symbols; NULL: one part. */
    placement: text('placement'),
    /** JSON of the nodes of the latest attempt by part, as symbols, null where it runs on none; NULL: no node runs a part. */
    partNodes: text('part_nodes'),
  },
  (table) => [
    uniqueIndex('task_id').on(table.id),
    // Pages by status, and start-up's read of what waits: the key is in every entry, so they come in seq order.
    index('task_status').on(table.status),
    // For the retention, oldest end first.
    index('task_completed_at').on(table.completedAt).where(sql`completed_at IS NOT NULL`),
  ],
);

/** WITHOUT ROWID. */
export const attempt = sqliteTable(
  'attempt',
  {
    taskSeq: integer('task_seq').notNull(),
    attempt: integer('attempt').notNull(),
    pool: integer('pool').notNull(),
    serverEpoch: integer('server_epoch').notNull(),
    startedAt: integer('started_at').notNull(),
    endedAt: integer('ended_at'),
    /** Index in `attemptOutcomes`. */
    outcome: integer('outcome'),
    node: integer('node'),
  },
  (table) => [
    primaryKey({ columns: [table.taskSeq, table.attempt] }),
    // Two live attempts of one task cannot exist.
    uniqueIndex('attempt_live').on(table.taskSeq).where(sql`ended_at IS NULL`),
  ],
);

export const log = sqliteTable(
  'log',
  {
    seq: integer('seq').primaryKey(),
    at: integer('at').notNull(),
    /** Index in `eventCodes`. */
    type: integer('type').notNull(),
    taskSeq: integer('task_seq'),
    /** Log row before this one of the same task; NULL: the first. */
    prev: integer('prev'),
    /** See details-codec.ts. */
    details: text('details'),
  },
  (table) => [
    // A task ends once. Types 7, 8 and 9 are completed, failed and cancelled.
    uniqueIndex('log_terminal').on(table.taskSeq).where(sql`type IN (7, 8, 9)`),
    index('log_system').on(table.seq).where(sql`task_seq IS NULL`),
  ],
);

/** The hash chain: one link per commit that wrote log rows. */
export const link = sqliteTable('link', {
  lastSeq: integer('last_seq').primaryKey(),
  hash: blob('hash', { mode: 'buffer' }).notNull(),
});

/** Tasks that retention removed while the log still speaks of them. */
export const removedTask = sqliteTable(
  'removed_task',
  {
    seq: integer('seq').primaryKey(),
    id: blob('id', { mode: 'buffer' }).notNull(),
    version: integer('version').notNull(),
  },
  (table) => [index('removed_task_version').on(table.version)],
);

export const idempotency = sqliteTable(
  'idempotency',
  {
    taskSeq: integer('task_seq').primaryKey(),
    tenant: integer('tenant').notNull(),
    key: text('key').notNull(),
    fingerprint: text('fingerprint').notNull(),
    at: integer('at').notNull(),
  },
  (table) => [uniqueIndex('idempotency_key').on(table.tenant, table.key)],
);

/** How many tasks there are per status, type and region (0: none). WITHOUT ROWID. */
export const counter = sqliteTable(
  'counter',
  {
    status: integer('status').notNull(),
    type: integer('type').notNull(),
    region: integer('region').notNull(),
    count: integer('count').notNull(),
  },
  (table) => [primaryKey({ columns: [table.status, table.type, table.region] })],
);

/** One row: totals of all time, and what must outlive the rows it counts. */
export const total = sqliteTable('total', {
  one: integer('one').primaryKey(),
  serverEpoch: integer('server_epoch').notNull(),
  lastSeq: integer('last_seq').notNull(),
  logFloor: integer('log_floor').notNull(),
  completedEver: integer('completed_ever').notNull(),
  failedEver: integer('failed_ever').notNull(),
  cancelledEver: integer('cancelled_ever').notNull(),
  completedRunMs: integer('completed_run_ms').notNull(),
  costEver: real('cost_ever').notNull(),
});

/** Which tasks wait or waited for which: kept as long as the parent, to find its children. The other way is in `task.rare`. WITHOUT ROWID. */
export const dependency = sqliteTable(
  'dependency',
  {
    parent: integer('parent').notNull(),
    child: integer('child').notNull(),
  },
  (table) => [primaryKey({ columns: [table.parent, table.child] })],
);

/** Came later: pools that were stored before have none. */
type LaterField = 'labels' | 'carbonGramsPerKwh' | 'cooling';
type StoredPool = Omit<PoolSpec, 'name' | LaterField> & Partial<Pick<PoolSpec, LaterField>>;

export const pool = sqliteTable('pool', {
  id: integer('id').primaryKey({ autoIncrement: true }),
  name: text('name').notNull().unique(),
  version: integer('version').notNull(),
  /** The rest of the pool as JSON: no query looks inside. */
  spec: text('spec', { mode: 'json' }).$type<StoredPool>().notNull(),
});

export const taskType = sqliteTable('task_type', {
  name: text('name').primaryKey(),
  version: integer('version').notNull(),
  spec: text('spec', { mode: 'json' }).$type<Omit<TaskTypeSpec, 'name'>>().notNull(),
});

export const tenant = sqliteTable('tenant', {
  name: text('name').primaryKey(),
  version: integer('version').notNull(),
  spec: text('spec', { mode: 'json' }).$type<Omit<TenantSpec, 'name'>>().notNull(),
});

/** What the attempts of a tenant that ended in an hour have cost: what limits on spending are counted from at a start. WITHOUT ROWID. */
export const spend = sqliteTable(
  'spend',
  {
    /** Its start, UTC. */
    hour: integer('hour').notNull(),
    tenant: integer('tenant').notNull(),
    /** Millionths. */
    micros: integer('micros').notNull(),
  },
  (table) => [primaryKey({ columns: [table.hour, table.tenant] })],
);

/** Keys that open the API: of the secret only its digest. */
export const apiKey = sqliteTable('api_key', {
  prefix: text('prefix').primaryKey(),
  name: text('name').notNull().unique(),
  hash: text('hash').notNull(),
  role: text('role').$type<Role>().notNull(),
  tenant: text('tenant'),
  pool: text('pool'),
  createdAt: integer('created_at').notNull(),
  createdBy: text('created_by').notNull(),
  expiresAt: integer('expires_at'),
});

export const strategyEpoch = sqliteTable('strategy_epoch', {
  epoch: integer('epoch').primaryKey(),
  name: text('name').notNull(),
  params: text('params', { mode: 'json' }).$type<JsonObject>().notNull(),
  seed: integer('seed').notNull(),
  since: integer('since').notNull(),
  by: text('by').notNull(),
  reason: text('reason'),
});

export const simulation = sqliteTable('simulation', {
  id: text('id').primaryKey(),
  input: text('input', { mode: 'json' }).$type<JsonObject>().notNull(),
  tasksCreated: integer('tasks_created').notNull(),
  taskCount: integer('task_count').notNull(),
  startTime: integer('start_time').notNull(),
  endTime: integer('end_time'),
  status: text('status').$type<Simulation['status']>().notNull(),
});

export const operation = sqliteTable(
  'operation',
  {
    id: text('id').primaryKey(),
    tenant: text('tenant'),
    key: text('key'),
    startTime: integer('start_time').notNull(),
    status: text('status').$type<OperationStatus>().notNull(),
    /** The rest of the operation as JSON: no query looks inside. */
    rest: text('rest', { mode: 'json' }).$type<Omit<Operation, 'id' | 'tenant' | 'key' | 'startTime' | 'status'>>().notNull(),
  },
  (table) => [index('operation_key').on(table.key)],
);

/** Filled and emptied to learn whether a full disk has room again. */
export const probe = sqliteTable('probe', {
  id: integer('id').primaryKey(),
  filling: blob('filling', { mode: 'buffer' }).notNull(),
});
