import type { Database } from 'better-sqlite3';
import type { Task } from '../../core/domain/task.ts';
import type { Seq } from '../../core/domain/units.ts';
import type { Claim } from '../../core/ports/task-store.ts';
import { statusCodes } from './codes.ts';
import { type QueuedRow, queuedColumns, taskOf } from './task-row.ts';
import type { WriteContext } from './write-context.ts';

const { queued, processing } = statusCodes;

/** Opening attempts: the task is read, moved by compare-and-set, and its attempt row made. */
export function createClaim(db: Database, { symbols, log, counters, inserts, live, serverEpoch }: WriteContext) {
  const select = db
    .prepare<[Seq, number], QueuedRow>(`SELECT ${queuedColumns} FROM task WHERE seq = ? AND status = ${queued} AND attempt = ?`)
    .raw();
  const update = db.prepare<[number, number, number, number, number, number, Seq, number]>(
    `UPDATE task SET status = ${processing}, attempt = ?, attempts_used = attempts_used + 1, started_at = ?, pool = ?, handled_by = ?,
       algorithm_used = ?, version = ?
     WHERE seq = ? AND status = ${queued} AND attempt = ?`,
  );

  function claimOne(claim: Claim): Task | undefined {
    const { seq, attempt, at } = claim;
    const row = select.get(seq, attempt - 1);
    if (row === undefined) return undefined;

    const pool = symbols.codeOf(claim.pool);
    const version = log.nextSeq;
    const handledBy = symbols.codeOf(claim.handledBy);
    const algorithm = symbols.codeOf(claim.algorithm);
    const changed = update.run(attempt, at, pool, handledBy, algorithm, version, seq, attempt - 1).changes;
    if (changed !== 1) throw new Error(`task ${seq} changed inside its own transaction`);

    const task = taskOf(row, symbols, {
      seq,
      status: 'processing',
      attempt,
      attemptsUsed: row[16] + 1,
      dueAt: null,
      startedAt: at,
      completedAt: null,
      pool: claim.pool,
      handledBy: claim.handledBy,
      algorithmUsed: claim.algorithm,
      result: null,
      cancelRequestedAt: null,
      version,
    });
    const [type, region] = [row[2], row[5]];
    inserts.attempts.add(seq, attempt, pool, serverEpoch, at);
    log.add(at, 'scheduled', seq, task.id, row[15], claim.details);
    counters.move(queued, processing, type, region);
    live.set(seq, { id: task.id, attempt, type, region, version, startedAt: at, actualCost: task.actualCost, cancelRequestedAt: null });
    return task;
  }

  return function claim(claims: readonly Claim[]): (Task | undefined)[] {
    inserts.flush();
    return claims.map(claimOne);
  };
}
