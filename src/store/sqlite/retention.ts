import type { Database } from 'better-sqlite3';
import type { EpochMs, Ms, Seq } from '../../core/domain/units.ts';
import type { WriteContext } from './write-context.ts';

type EndedRow = [seq: Seq, status: number, type: number, region: number | null, completedAt: EpochMs, isHeld: 0 | 1];

/** How often one call looks at `limit` more ended tasks: those with a young key or with children to come are passed over, and a turn must stay short. */
const looksPerCall = 20;
/** Tasks that were passed over are looked at again after this time: by and by their keys have expired, and their children have ended. */
const passedForMs: Ms = 3_600_000;

/** Removing what is old, in bounded batches between commits. */
export function createRetention(db: Database, { counters, log, heads, inserts }: WriteContext) {
  const oldest = db
    .prepare<[EpochMs, EpochMs, EpochMs, Seq, number], EndedRow>(
      `SELECT seq, status, type, region, completed_at,
         EXISTS (SELECT 1 FROM idempotency WHERE idempotency.task_seq = task.seq AND idempotency.at >= ?)
           OR EXISTS (SELECT 1 FROM dependency JOIN task AS child ON child.seq = dependency.child
             WHERE dependency.parent = task.seq AND child.completed_at IS NULL)
       FROM task WHERE completed_at IS NOT NULL AND completed_at < ? AND (completed_at, seq) > (?, ?)
       ORDER BY completed_at, seq LIMIT ?`,
    )
    .raw();
  const remember = db.prepare<[Seq]>('INSERT INTO removed_task (seq, id, version) SELECT seq, id, version FROM task WHERE seq = ?');
  const deleteTask = db.prepare<[Seq]>('DELETE FROM task WHERE seq = ?');
  const deleteAttempts = db.prepare<[Seq]>('DELETE FROM attempt WHERE task_seq = ?');
  const deleteEdges = db.prepare<[Seq]>('DELETE FROM dependency WHERE parent = ?');
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

  // Where the next look begins: all ended tasks up to here were kept for their keys or children, or removed, at `keysBefore`.
  let passed = { completedAt: -1, seq: 0, keysBefore: 0 };

  function deleteTerminal(limit: number, completedBefore: EpochMs, keysBefore: EpochMs): number {
    inserts.flush();
    const gone = findOldest(limit, completedBefore, keysBefore);
    for (const [seq, status, type, region] of gone) {
      remember.run(seq);
      deleteTask.run(seq);
      deleteAttempts.run(seq);
      deleteKey.run(seq);
      deleteEdges.run(seq);
      counters.remove(status, type, region);
    }
    deleteOldKeys.run(limit, keysBefore);
    return gone.length;
  }

  /** The oldest that nothing keeps. Mostly the first look has them all. */
  function findOldest(limit: number, completedBefore: EpochMs, keysBefore: EpochMs): EndedRow[] {
    if (Math.abs(keysBefore - passed.keysBefore) >= passedForMs) passed = { completedAt: -1, seq: 0, keysBefore };
    const found: EndedRow[] = [];
    let { completedAt, seq } = passed;
    for (let look = 0; look < looksPerCall; look++) {
      const seen = oldest.all(keysBefore, completedBefore, completedAt, seq, limit);
      for (const row of seen) if (row[5] === 0 && found.length < limit) found.push(row);
      const last = seen.at(-1);
      if (last === undefined || seen.length < limit || found.length === limit) return found;
      [seq, , , , completedAt] = last;
    }
    passed = { completedAt, seq, keysBefore: passed.keysBefore };
    return found;
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
