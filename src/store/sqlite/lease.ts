import type { Database } from 'better-sqlite3';
import type { Seq } from '../../core/domain/units.ts';
import type { Lease } from '../../core/ports/task-store.ts';
import { statusCodes } from './codes.ts';
import type { LiveTask } from './live-tasks.ts';
import { encodePartNodes } from './task-row.ts';
import { uuidText } from './uuid-bytes.ts';
import type { WriteContext } from './write-context.ts';

const { processing } = statusCodes;

/** Who holds a running attempt: one column of the task and of its attempt, under the same fence as its end. */
export function createLease(db: Database, { symbols, log, inserts, live }: WriteContext) {
  const select = db.prepare<[Seq, number], Pick<LiveTask, 'version'> & { readonly id: Buffer }>(
    `SELECT id, version FROM task WHERE seq = ? AND status = ${processing} AND attempt = ?`,
  );
  const update = db.prepare<[number, string | null, number, number, Seq, number]>(
    `UPDATE task SET node = ?, part_nodes = ?, handled_by = ?, version = ? WHERE seq = ? AND status = ${processing} AND attempt = ?`,
  );
  const updateAttempt = db.prepare<[number, Seq, number]>(
    'UPDATE attempt SET node = ? WHERE task_seq = ? AND attempt = ? AND ended_at IS NULL',
  );

  function leaseOne({ seq, attempt, at, node, nodes }: Lease): boolean {
    const known = live.get(seq);
    const task = known === undefined ? read(seq, attempt) : known.attempt === attempt ? known : undefined;
    if (task === undefined) return false;
    const code = symbols.codeOf(node);
    const version = log.nextSeq;
    const byPart = nodes === undefined ? null : encodePartNodes(nodes, symbols);
    const changed = update.run(code, byPart, code, version, seq, attempt).changes + updateAttempt.run(code, seq, attempt).changes;
    if (changed !== 2) throw new Error(`task ${seq} is processing without its live attempt ${attempt}`);
    log.add(at, 'leased', seq, task.id, task.version, { node, attempt, ...(nodes === undefined ? {} : { nodes }) });
    if (known !== undefined) live.set(seq, { ...known, version });
    return true;
  }

  function read(seq: Seq, attempt: number): Pick<LiveTask, 'id' | 'version'> | undefined {
    const row = select.get(seq, attempt);
    return row && { id: uuidText(row.id), version: row.version };
  }

  return function lease(leases: readonly Lease[]): boolean[] {
    inserts.flush();
    return leases.map(leaseOne);
  };
}
