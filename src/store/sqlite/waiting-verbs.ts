import type { Database } from 'better-sqlite3';
import { entryOf, type Task, type TaskEntry } from '../../core/domain/task.ts';
import { isTerminal, nextStatus } from '../../core/domain/task-status.ts';
import type { EpochMs, Seq } from '../../core/domain/units.ts';
import { deadlineExceeded } from '../../core/domain/verdict.ts';
import type { CancelReceipt, Rejection } from '../../core/ports/task-store.ts';
import { errorDetails } from '../log-details.ts';
import { statusCodes } from './codes.ts';
import { encodeError } from './settle.ts';
import { decodeTask, type TaskRow, taskColumns } from './task-row.ts';
import type { WriteContext } from './write-context.ts';

const { delayed, queued, processing, failed, cancelled } = statusCodes;

/** What happens to tasks that wait: they become due, are cancelled, or their deadline passes. And the request to stop one that runs. */
export function createWaitingVerbs(db: Database, { symbols, log, counters, inserts, live }: WriteContext) {
  const select = db.prepare<[Seq], TaskRow>(`SELECT ${taskColumns} FROM task WHERE seq = ?`).raw();
  const updateDue = db.prepare<[number, number | null, Seq]>(
    `UPDATE task SET status = ${queued}, due_at = NULL, version = ?, ready_at = ifnull(?, ready_at) WHERE seq = ? AND status = ${delayed}`,
  );
  const updateEnd = db.prepare<[number, number, string | null, number, Seq]>(
    `UPDATE task SET status = ?, due_at = NULL, completed_at = ?, error = ?, version = ?
     WHERE seq = ? AND status IN (${delayed}, ${queued})`,
  );
  const updateRejected = db.prepare<[number, number, string | null, number, Seq]>(
    `UPDATE task SET status = ?, due_at = NULL, completed_at = ?, error = ?, version = ? WHERE seq = ? AND status = ${delayed}`,
  );
  const updateRequest = db.prepare<[number, number, Seq]>(
    `UPDATE task SET cancel_requested_at = ?, version = ? WHERE seq = ? AND status = ${processing} AND cancel_requested_at IS NULL`,
  );

  function read(seq: Seq): Task | undefined {
    inserts.flush();
    const row = select.get(seq);
    return row && decodeTask(row, symbols);
  }

  function count(task: Task, to: number): void {
    counters.move(statusCodes[task.status], to, symbols.codeOf(task.type), symbols.optionalCodeOf(task.region));
  }

  function makeDue(seq: Seq, at: EpochMs): TaskEntry | undefined {
    const task = read(seq);
    if (task === undefined) return undefined;
    const readyAt = task.dependsOn !== null && task.attempt === 0 ? at : null;
    if (updateDue.run(log.nextSeq, readyAt, seq).changes === 0) return undefined;
    log.add(at, 'queued', seq, task.id, task.version, {});
    count(task, queued);
    return entryOf(readyAt === null ? task : { ...task, readyAt });
  }

  function cancel(seq: Seq, at: EpochMs, by: string): CancelReceipt {
    const task = read(seq);
    if (task === undefined) return { kind: 'unknown' };
    if (isTerminal(task.status)) return { kind: 'terminal', status: task.status };
    if (task.status === 'processing') return requestCancel(task, at, by);

    updateEnd.run(cancelled, at, null, log.nextSeq, seq);
    log.add(at, 'cancelled', seq, task.id, task.version, { by });
    count(task, cancelled);
    counters.ended('cancelled', null, at);
    return { kind: 'cancelled' };
  }

  function requestCancel(task: Task, at: EpochMs, by: string): CancelReceipt {
    const { seq, attempt } = task;
    live.drop(seq);
    if (updateRequest.run(at, log.nextSeq, seq).changes === 1) {
      log.add(at, 'cancel_requested', seq, task.id, task.version, { by, attempt });
    }
    return { kind: 'requested', attempt };
  }

  function expire(seq: Seq, at: EpochMs): boolean {
    const task = read(seq);
    if (task === undefined) return false;
    if (updateEnd.run(failed, at, encodeError(deadlineExceeded), log.nextSeq, seq).changes === 0) return false;
    log.add(at, 'failed', seq, task.id, task.version, errorDetails(deadlineExceeded));
    count(task, failed);
    counters.ended('failed', null, at);
    return true;
  }

  function reject({ seq, verb, error }: Rejection, at: EpochMs): boolean {
    const task = read(seq);
    const status = task && nextStatus(task.status, verb);
    if (task === undefined || status === undefined) return false;
    updateRejected.run(statusCodes[status], at, encodeError(error), log.nextSeq, seq);
    log.add(at, status === 'failed' ? 'failed' : 'cancelled', seq, task.id, task.version, errorDetails(error));
    count(task, statusCodes[status]);
    counters.ended(status, null, at);
    return true;
  }

  return { makeDue, cancel, expire, reject };
}
