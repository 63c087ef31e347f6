import type { Database } from 'better-sqlite3';
import type { Task } from '../../core/domain/task.ts';
import type { Seq } from '../../core/domain/units.ts';
import type { Claim } from '../../core/ports/task-store.ts';
import { statusCodes } from './codes.ts';
import { decodeTask, type TaskRow, taskColumns } from './task-row.ts';
import type { WriteContext } from './write-context.ts';

const { queued, processing } = statusCodes;

/** Opening attempts: the task is read, moved by compare-and-set, and its attempt row made. */
export function createClaim(db: Database, { symbols, log, counters, serverEpoch }: WriteContext) {
  const select = db
    .prepare<[Seq, number], TaskRow>(`SELECT ${taskColumns.join(', ')} FROM task WHERE seq = ? AND status = ${queued} AND attempt = ?`)
    .raw();
  const update = db.prepare<[number, number, number, number, number, number, Seq, number]>(
    `UPDATE task SET status = ${processing}, attempt = ?, attempts_used = attempts_used + 1, started_at = ?, pool = ?, handled_by = ?,
       algorithm_used = ?, version = ?
     WHERE seq = ? AND status = ${queued} AND attempt = ?`,
  );
  const insertAttempt = db.prepare<[Seq, number, number, number, number]>(
    'INSERT INTO attempt (task_seq, attempt, pool, server_epoch, started_at) VALUES (?, ?, ?, ?, ?)',
  );

  return function claimOne(claim: Claim): Task | undefined {
    const { seq, attempt, at } = claim;
    const row = select.get(seq, attempt - 1);
    if (row === undefined) return undefined;

    const before = decodeTask(row, symbols);
    const pool = symbols.codeOf(claim.pool);
    const version = log.nextSeq;
    const changed = update.run(
      attempt,
      at,
      pool,
      symbols.codeOf(claim.handledBy),
      symbols.codeOf(claim.algorithm),
      version,
      seq,
      attempt - 1,
    );
    if (changed.changes !== 1) throw new Error(`task ${seq} changed inside its own transaction`);
    insertAttempt.run(seq, attempt, pool, serverEpoch, at);
    log.add(at, 'scheduled', seq, before.id, before.version, claim.details);
    counters.move(queued, processing, row[4], row[7]);
    return {
      ...before,
      status: 'processing',
      attempt,
      attemptsUsed: before.attemptsUsed + 1,
      startedAt: at,
      pool: claim.pool,
      handledBy: claim.handledBy,
      algorithmUsed: claim.algorithm,
      version,
    };
  };
}
