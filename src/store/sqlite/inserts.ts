import type { Database } from 'better-sqlite3';
import { type BulkInsert, createBulkInsert } from './bulk-insert.ts';

/** Rows of tasks and attempts that wait to be inserted together: a group of single submits is then one statement per sixteen tasks. */
export interface Inserts {
  readonly tasks: BulkInsert;
  readonly attempts: BulkInsert;
  /** Every verb that reads or changes such rows calls it first. */
  flush(): void;
  rollback(): void;
}

const submittedColumns = [
  'seq',
  'id',
  'status',
  'tenant',
  'type',
  'priority',
  'cost',
  'region',
  'slots',
  'timeout_ms',
  'max_attempts',
  'rare',
  'metadata',
  'payload',
  'initiated_by',
  'enqueued_at',
  'ready_at',
  'due_at',
  'version',
] as const;

const attemptColumns = ['task_seq', 'attempt', 'pool', 'node', 'server_epoch', 'started_at'] as const;

export function createInserts(db: Database): Inserts {
  const tasks = createBulkInsert(db, 'task', submittedColumns);
  const attempts = createBulkInsert(db, 'attempt', attemptColumns);
  return {
    tasks,
    attempts,
    flush() {
      tasks.flush();
      attempts.flush();
    },
    rollback() {
      tasks.clear();
      attempts.clear();
    },
  };
}
