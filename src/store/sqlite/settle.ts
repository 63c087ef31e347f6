import type { Database } from 'better-sqlite3';
import { roundMoney } from '../../core/domain/cost.ts';
import type { TaskError } from '../../core/domain/task.ts';
import { isTerminal } from '../../core/domain/task-status.ts';
import type { Seq } from '../../core/domain/units.ts';
import type { Settlement, SettleReceipt } from '../../core/ports/task-store.ts';
import { settledDetails } from '../log-details.ts';
import { settleEffect } from '../settle-rule.ts';
import { outcomeCodes, statusCodes } from './codes.ts';
import type { LiveTask } from './live-tasks.ts';
import { encodeJson } from './task-row.ts';
import { uuidText } from './uuid-bytes.ts';
import type { WriteContext } from './write-context.ts';

const { processing } = statusCodes;

/** Ending attempts: compare-and-set on (seq, processing, attempt), the fence against late results. */
export function createSettle(db: Database, { log, counters, spend, inserts, live }: WriteContext) {
  const select = db.prepare<[Seq, number], Omit<LiveTask, 'id'> & { readonly id: Buffer }>(
    `SELECT id, attempt, tenant, type, region, version, started_at AS startedAt, actual_cost AS actualCost,
       cancel_requested_at AS cancelRequestedAt
     FROM task WHERE seq = ? AND status = ${processing} AND attempt = ?`,
  );
  const update = db.prepare(
    `UPDATE task SET status = ?, attempts_used = attempts_used - ?, due_at = ?, completed_at = ?, actual_cost = ?, result = ?,
       error = ?, version = ?
     WHERE seq = ? AND status = ${processing} AND attempt = ?`,
  );
  const endAttempt = db.prepare<[number, number, Seq, number]>(
    'UPDATE attempt SET ended_at = ?, outcome = ? WHERE task_seq = ? AND attempt = ? AND ended_at IS NULL',
  );

  function find(seq: Seq, attempt: number): LiveTask | undefined {
    const known = live.get(seq);
    if (known !== undefined) return known.attempt === attempt ? known : undefined;
    const row = select.get(seq, attempt);
    return row && { ...row, id: uuidText(row.id) };
  }

  function settleOne(settlement: Settlement): SettleReceipt {
    const { seq, attempt, at } = settlement;
    const task = find(seq, attempt);
    if (task === undefined) return { kind: 'stale' };

    const effect = settleEffect(settlement.verdict, task.cancelRequestedAt !== null);
    const actualCost = roundMoney((task.actualCost ?? 0) + settlement.cost);
    const ends = isTerminal(effect.status);
    const status = statusCodes[effect.status];
    const changed =
      update.run(
        status,
        effect.outcome === 'released' ? 1 : 0,
        effect.dueAt,
        ends ? at : null,
        actualCost,
        encodeJson(effect.result),
        encodeError(effect.error),
        log.nextSeq,
        seq,
        attempt,
      ).changes + endAttempt.run(at, outcomeCodes[effect.outcome], seq, attempt).changes;
    if (changed !== 2) throw new Error(`task ${seq} is processing without its live attempt ${attempt}`);

    live.drop(seq);
    log.add(at, effect.event, seq, task.id, task.version, settledDetails(settlement, effect, actualCost));
    counters.move(processing, status, task.type, task.region);
    counters.cost(settlement.cost);
    spend.add(task.tenant, at, settlement.cost);
    if (ends) counters.ended(effect.status, task.startedAt, at);
    return { kind: 'settled', status: effect.status, outcome: effect.outcome };
  }

  return function settle(settlements: readonly Settlement[]): SettleReceipt[] {
    inserts.flush();
    return settlements.map(settleOne);
  };
}

export function encodeError(error: TaskError | null): string | null {
  return error === null ? null : JSON.stringify(error);
}
