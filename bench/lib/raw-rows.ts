import type { Database, Statement } from 'better-sqlite3';
import { eventCodes, outcomeCodes, statusCodes } from '../../src/store/sqlite/codes.ts';
import { setUpWriter } from '../../src/store/sqlite/connection.ts';
import { migrateSchema } from '../../src/store/sqlite/migrate.ts';
import { root } from './build.ts';

/**
 * The ceiling: the rows that a task costs, written by nothing but prepared statements of better-sqlite3, with the schema, indexes and
 * settings of the product. No ids are checked, nothing is read, decided, hashed or answered.
 */
export interface RawRows {
  /** Task row and log row each, and one link of the chain. */
  submit(tasks: number): void;
  /** Task moved to processing, attempt row, log row each; one link. @param first seq of the first of so many */
  claim(first: number, tasks: number): void;
  /** Task and attempt ended, log row each; one link. */
  settle(first: number, tasks: number): void;
}

/** Numbers of names in the `symbol` table, all made beforehand. */
const [tenant, type, region, node, pool, algorithm] = [1, 2, 3, 4, 5, 6];
const columns =
  'seq, id, status, tenant, type, priority, cost, region, slots, timeout_ms, max_attempts, payload, initiated_by, enqueued_at, version';

export function openRawRows(db: Database, payload: string | null): RawRows {
  setUpWriter(db, 'full');
  migrateSchema(db, `${root}src/store/sqlite/migrations`);
  for (const [i, name] of ['default', 'noop', 'us-east', 'bench', 'pool-1', 'fifo'].entries()) {
    db.prepare('INSERT OR IGNORE INTO symbol (code, name) VALUES (?, ?)').run(i + 1, name);
  }
  const insertTask = db.prepare(`INSERT INTO task (${columns}) VALUES (${columns.replaceAll(/\w+/g, '?')})`);
  const insertLog = db.prepare('INSERT INTO log (seq, at, type, task_seq, prev, details) VALUES (?, ?, ?, ?, ?, ?)');
  const insertLink = db.prepare('INSERT INTO link (last_seq, hash) VALUES (?, ?)');
  const insertAttempt = db.prepare('INSERT INTO attempt (task_seq, attempt, pool, server_epoch, started_at) VALUES (?, ?, ?, ?, ?)');
  const startTask = db.prepare(
    `UPDATE task SET status = ${statusCodes.processing}, attempt = ?, attempts_used = attempts_used + 1, started_at = ?, pool = ?,
       handled_by = ?, algorithm_used = ?, version = ? WHERE seq = ? AND status = ${statusCodes.queued}`,
  );
  const endTask = db.prepare(
    `UPDATE task SET status = ${statusCodes.completed}, completed_at = ?, actual_cost = ?, version = ?
     WHERE seq = ? AND status = ${statusCodes.processing}`,
  );
  const endAttempt = db.prepare('UPDATE attempt SET ended_at = ?, outcome = ? WHERE task_seq = ? AND attempt = ?');
  const hash = Buffer.alloc(32, 7);
  let taskSeq = lastOf(db.prepare('SELECT max(seq) FROM task'));
  let logSeq = lastOf(db.prepare('SELECT max(seq) FROM log'));

  function log(at: number, event: number, task: number, prev: number | null, details: string): void {
    insertLog.run(++logSeq, at, event, task, prev, details);
  }

  const submit = db.transaction((tasks: number) => {
    const at = Date.now();
    for (let i = 0; i < tasks; i++) {
      const seq = ++taskSeq;
      insertTask.run(seq, idOf(at, seq), 1, tenant, type, 5, 1, region, 1, 60_000, 3, payload, node, at, logSeq + 1);
      log(at, eventCodes.created, seq, null, '[5,3]');
    }
    insertLink.run(logSeq, hash);
  });
  const claim = db.transaction((first: number, tasks: number) => {
    const at = Date.now();
    for (let seq = first; seq < first + tasks; seq++) {
      startTask.run(1, at, pool, node, algorithm, logSeq + 1, seq);
      insertAttempt.run(seq, 1, pool, 1, at);
      log(at, eventCodes.scheduled, seq, seq, '[5,6,3,0.5,1,1]');
    }
    insertLink.run(logSeq, hash);
  });
  const settle = db.transaction((first: number, tasks: number) => {
    const at = Date.now();
    for (let seq = first; seq < first + tasks; seq++) {
      const prev = logSeq;
      endTask.run(at, 0.5, logSeq + 1, seq);
      endAttempt.run(at, outcomeCodes.succeeded, seq, 1);
      log(at, eventCodes.completed, seq, prev, '[1,0,0.5]');
    }
    insertLink.run(logSeq, hash);
  });
  return { submit: submit.immediate, claim: claim.immediate, settle: settle.immediate };
}

function lastOf(statement: Statement): number {
  return (statement.pluck().get() as number | null) ?? 0;
}

/** 16 bytes that sort by time, as a uuid v7 does. */
function idOf(at: number, seq: number): Buffer {
  const id = Buffer.alloc(16);
  id.writeUIntBE(at, 0, 6);
  id.writeUInt32BE(seq, 12);
  return id;
}
