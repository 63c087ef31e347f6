import type { Database } from 'better-sqlite3';
import { roundMoney } from '../../core/domain/cost.ts';
import { isTerminal } from '../../core/domain/task-status.ts';
import type { Seq } from '../../core/domain/units.ts';
import type { Settlement, SettleReceipt } from '../../core/ports/task-store.ts';
import { settledDetails } from '../log-details.ts';
import { settleEffect } from '../settle-rule.ts';
import { outcomeCodes, statusCodes } from './codes.ts';
import { encodeJson } from './task-row.ts';
import { uuidText } from './uuid-bytes.ts';
import type { WriteContext } from './write-context.ts';

const { processing } = statusCodes;

interface RunningRow {
  readonly id: Buffer;
  readonly type: number;
  readonly region: number | null;
  readonly version: number;
  readonly startedAt: number;
  readonly actualCost: number | null;
  readonly cancelRequestedAt: number | null;
}

/** Ending attempts: compare-and-set on (seq, processing, attempt), the fence against late results. */
export function createSettle(db: Database, { log, counters }: WriteContext) {
  const select = db.prepare<[Seq, number], RunningRow>(
    `SELECT id, type, region, version, started_at AS startedAt, actual_cost AS actualCost, cancel_requested_at AS cancelRequestedAt
     FROM task WHERE seq = ? AND status = ${processing} AND attempt = ?`,
  );
  const update = db.prepare(
    `UPDATE task SET status = ?, attempts_used = attempts_used - ?, due_at = ?, completed_at = ?, actual_cost = ?, result = ?,
       error_code = ?, error_message = ?, version = ?
     WHERE seq = ? AND status = ${processing} AND attempt = ?`,
  );
  const endAttempt = db.prepare<[number, number, Seq, number]>(
    'UPDATE attempt SET ended_at = ?, outcome = ? WHERE task_seq = ? AND attempt = ? AND ended_at IS NULL',
  );

  return function settle(settlement: Settlement): SettleReceipt {
    const { seq, attempt, at } = settlement;
    const task = select.get(seq, attempt);
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
        effect.error?.code ?? null,
        effect.error?.message ?? null,
        log.nextSeq,
        seq,
        attempt,
      ).changes + endAttempt.run(at, outcomeCodes[effect.outcome], seq, attempt).changes;
    if (changed !== 2) throw new Error(`task ${seq} is processing without its live attempt ${attempt}`);

    log.add(at, effect.event, seq, uuidText(task.id), task.version, settledDetails(settlement, effect, actualCost));
    counters.move(processing, status, task.type, task.region);
    counters.cost(settlement.cost);
    if (ends) counters.ended(effect.status, task.startedAt, at);
    return { kind: 'settled', status: effect.status, outcome: effect.outcome };
  };
}
