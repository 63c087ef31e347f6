import type { Database } from 'better-sqlite3';
import type { EpochMs, Seq } from '../../core/domain/units.ts';
import type { WriteContext } from './write-context.ts';

/** Removing what is old, in bounded batches between commits. */
export function createRetention(db: Database, { counters, log, heads, inserts }: WriteContext) {
  const oldest = db
    .prepare<[EpochMs, number], [seq: Seq, status: number, type: number, region: number | null]>(
      `SELECT seq, status, type, region FROM task WHERE completed_at IS NOT NULL AND completed_at < ?
       ORDER BY completed_at, seq LIMIT ?`,
    )
    .raw();
  const remember = db.prepare<[Seq]>('INSERT INTO removed_task (seq, id, version) SELECT seq, id, version FROM task WHERE seq = ?');
  const deleteTask = db.prepare<[Seq]>('DELETE FROM task WHERE seq = ?');
  const deleteAttempts = db.prepare<[Seq]>('DELETE FROM attempt WHERE task_seq = ?');
  const deleteKey = db.prepare<[Seq]>('DELETE FROM idempotency WHERE task_seq = ?');
  // Keys were made in the order of their tasks: the oldest are the first, and a bounded look at the front finds them.
  const deleteOldKeys = db.prepare<[number, EpochMs]>(
    'DELETE FROM idempotency WHERE task_seq IN (SELECT task_seq FROM idempotency ORDER BY task_seq LIMIT ?) AND at < ?',
  );

  const firstKept = db
    .prepare<[number, number, EpochMs], number>('SELECT seq FROM log WHERE seq >= ? AND seq < ? AND at >= ? ORDER BY seq LIMIT 1')
    .pluck();
  const deleteRows = db.prepare<[number]>('DELETE FROM log WHERE seq < ?');
  const deleteLinks = db.prepare<[number]>(
    'DELETE FROM link WHERE last_seq < (SELECT last_seq FROM link WHERE last_seq >= ? ORDER BY last_seq LIMIT 1)',
  );
  const forget = db.prepare<[number, number]>(
    'DELETE FROM removed_task WHERE seq IN (SELECT seq FROM removed_task WHERE version < ? ORDER BY version LIMIT ?)',
  );

  function deleteTerminal(limit: number, completedBefore: EpochMs, keysBefore: EpochMs): number {
    inserts.flush();
    const gone = oldest.all(completedBefore, limit);
    for (const [seq, status, type, region] of gone) {
      remember.run(seq);
      deleteTask.run(seq);
      deleteAttempts.run(seq);
      deleteKey.run(seq);
      counters.remove(status, type, region);
    }
    deleteOldKeys.run(limit, keysBefore);
    return gone.length;
  }

  /** @returns how many rows went; the head always stays, and the link that the rest of the chain starts from. */
  function pruneLog(limit: number, before: EpochMs): number {
    inserts.flush();
    log.flush();
    const from = heads.logFloor;
    const end = Math.min(from + limit, log.nextSeq - 1);
    if (end <= from) return 0;
    const to = firstKept.get(from, end, before) ?? end;
    if (to === from) return 0;
    deleteRows.run(to);
    deleteLinks.run(to - 1);
    forget.run(to, limit);
    heads.moveLogFloor(to);
    return to - from;
  }

  return { deleteTerminal, pruneLog };
}
