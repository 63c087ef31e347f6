import type { Attempt } from '../../core/domain/attempt.ts';
import type { CoreInputs } from '../../core/domain/core-inputs.ts';
import { roundMoney } from '../../core/domain/cost.ts';
import { entryOf, type Task, type TaskEntry } from '../../core/domain/task.ts';
import { isTerminal, nextStatus } from '../../core/domain/task-status.ts';
import type { EpochMs, Seq } from '../../core/domain/units.ts';
import { deadlineExceeded } from '../../core/domain/verdict.ts';
import type {
  CancelReceipt,
  Claim,
  Lease,
  Rejection,
  Settlement,
  SettleReceipt,
  Submission,
  SubmitReceipt,
} from '../../core/ports/task-store.ts';
import { judgeKeys, type KeyVerdict } from '../idempotency.ts';
import { createdDetails, errorDetails, settledDetails } from '../log-details.ts';
import { newTask } from '../new-task.ts';
import { resolveParents } from '../parents.ts';
import { settleEffect } from '../settle-rule.ts';
import type { LogBook } from './log-book.ts';
import { attemptKey, idempotencyKey, type Tables } from './tables.ts';
import { addSpend } from './tenants.ts';

/** The verbs of TaskStore as plain changes of the tables, to be run inside a group. */
export function createTaskVerbs(tables: Tables, log: LogBook) {
  /** Replaces a task and writes its log row, whose number becomes the version. */
  function change(
    task: Task,
    changes: Partial<Task>,
    at: EpochMs,
    event: Parameters<LogBook['add']>[1],
    details: Parameters<LogBook['add']>[3],
  ): Task {
    const changed = { ...task, ...changes, version: log.nextSeq() };
    tables.tasks.set(task.seq, changed);
    log.add(at, event, task, details);
    return changed;
  }

  function submit(items: readonly Submission[], atomic: boolean): SubmitReceipt[] {
    const verdicts = judgeKeys(items, (tenant, key) => tables.keys.get(idempotencyKey(tenant, key)));
    if (atomic && verdicts.includes('key_reused')) {
      return verdicts.map((verdict) => ({ kind: verdict === 'key_reused' ? 'key_reused' : 'skipped' }));
    }
    const receipts: SubmitReceipt[] = [];
    for (const [i, item] of items.entries()) receipts.push(receiptOf(item, verdicts[i], receipts));
    return receipts;
  }

  function receiptOf(item: Submission, verdict: KeyVerdict, earlier: readonly SubmitReceipt[]): SubmitReceipt {
    if (verdict === 'key_reused') return { kind: 'key_reused' };
    if (verdict === undefined) return accept(item, earlier);
    const first = typeof verdict === 'number' ? earlier[verdict] : undefined;
    const seq = typeof verdict === 'number' ? first !== undefined && 'task' in first && first.task.seq : verdict.taskSeq;
    return { kind: 'duplicate', task: mustHave(tables.tasks.get(seq as Seq)) };
  }

  function accept(item: Submission, earlier: readonly SubmitReceipt[]): SubmitReceipt {
    const dependsOn = item.dependsOn && resolveParents(item.dependsOn, earlier);
    if (dependsOn === undefined) return { kind: 'skipped' };
    const seq = tables.scalars.lastSeq + 1;
    const task = newTask(item, seq, log.nextSeq(), dependsOn);
    tables.change({ lastSeq: seq });
    tables.tasks.set(seq, task);
    if (item.idempotency !== null) {
      const { key, fingerprint } = item.idempotency;
      tables.keys.set(idempotencyKey(task.tenant, key), { tenant: task.tenant, key, fingerprint, taskSeq: seq, at: item.at });
    }
    log.add(item.at, 'created', task, createdDetails(item, task));
    return { kind: 'accepted', task };
  }

  function claim(claims: readonly Claim[], inputs?: CoreInputs): (Task | undefined)[] {
    const tasks = claims.map(claimOne);
    const first = tasks.find((task) => task !== undefined);
    if (inputs !== undefined && first !== undefined) tables.inputs.set(first.version, { seq: first.version, inputs });
    else if (inputs !== undefined) recordInputs(inputs, claims[0]?.at ?? 0);
    return tasks;
  }

  function recordInputs(inputs: CoreInputs, at: EpochMs): void {
    tables.inputs.set(log.nextSeq(), { seq: log.nextSeq(), inputs });
    log.add(at, 'inputs_noted', null, {});
  }

  function claimOne(claim: Claim): Task | undefined {
    const task = tables.tasks.get(claim.seq);
    if (task === undefined || nextStatus(task.status, 'dispatch') === undefined || task.attempt !== claim.attempt - 1) return undefined;
    tables.attempts.set(attemptKey(claim.seq, claim.attempt), {
      taskSeq: claim.seq,
      attempt: claim.attempt,
      pool: claim.pool,
      nodeId: claim.node ?? null,
      serverEpoch: tables.scalars.serverEpoch,
      startedAt: claim.at,
      endedAt: null,
      outcome: null,
    });
    const changes: Partial<Task> = {
      status: 'processing',
      attempt: claim.attempt,
      attemptsUsed: task.attemptsUsed + 1,
      startedAt: claim.at,
      pool: claim.pool,
      placement: claim.parts ?? null,
      nodeId: claim.node ?? null,
      partNodes: claim.nodes ?? null,
      handledBy: claim.handledBy,
      algorithmUsed: claim.algorithm,
    };
    return change(task, changes, claim.at, 'scheduled', claim.details);
  }

  function lease({ seq, attempt, at, node, nodes }: Lease): boolean {
    const task = tables.tasks.get(seq);
    if (task === undefined || task.status !== 'processing' || task.attempt !== attempt) return false;
    const opened: Attempt = mustHave(tables.attempts.get(attemptKey(seq, attempt)));
    tables.attempts.set(attemptKey(seq, attempt), { ...opened, nodeId: node });
    const details = { node, attempt, ...(nodes === undefined ? {} : { nodes }) };
    change(task, { nodeId: node, partNodes: nodes ?? null, handledBy: node }, at, 'leased', details);
    return true;
  }

  function settle(settlement: Settlement): SettleReceipt {
    const { seq, at, verdict } = settlement;
    const task = tables.tasks.get(seq);
    if (task === undefined || task.status !== 'processing' || task.attempt !== settlement.attempt) return { kind: 'stale' };
    const attempt: Attempt = mustHave(tables.attempts.get(attemptKey(seq, task.attempt)));

    const effect = settleEffect(verdict, task.cancelRequestedAt !== null);
    const actualCost = roundMoney((task.actualCost ?? 0) + settlement.cost);
    const ends = isTerminal(effect.status);
    tables.attempts.set(attemptKey(seq, task.attempt), { ...attempt, endedAt: at, outcome: effect.outcome });
    const changes: Partial<Task> = {
      status: effect.status,
      attemptsUsed: task.attemptsUsed - (effect.outcome === 'released' ? 1 : 0),
      dueAt: effect.dueAt,
      completedAt: ends ? at : null,
      actualCost,
      result: effect.result,
      error: effect.error,
    };
    change(task, changes, at, effect.event, settledDetails(settlement, effect, actualCost));
    tables.change({ costEver: roundMoney(tables.scalars.costEver + settlement.cost) });
    addSpend(tables, task.tenant, at, settlement.cost);
    countEnd({ ...task, ...changes });
    return { kind: 'settled', status: effect.status, outcome: effect.outcome };
  }

  /** Totals of all time. */
  function countEnd(task: Task): void {
    const { completedEver, failedEver, cancelledEver, completedRunMs } = tables.scalars;
    if (task.status === 'failed') tables.change({ failedEver: failedEver + 1 });
    if (task.status === 'cancelled') tables.change({ cancelledEver: cancelledEver + 1 });
    if (task.status === 'completed') {
      const runMs = (task.completedAt ?? 0) - (task.startedAt ?? 0);
      tables.change({ completedEver: completedEver + 1, completedRunMs: completedRunMs + runMs });
    }
  }

  function makeDue(seq: Seq, at: EpochMs): TaskEntry | undefined {
    const task = tables.tasks.get(seq);
    const status = task && nextStatus(task.status, 'due');
    if (task === undefined || status === undefined) return undefined;
    const readyAt = task.dependsOn !== null && task.attempt === 0 ? at : task.readyAt;
    return entryOf(change(task, { status, dueAt: null, readyAt }, at, 'queued', {}));
  }

  function cancel(seq: Seq, at: EpochMs, by: string): CancelReceipt {
    const task = tables.tasks.get(seq);
    if (task === undefined) return { kind: 'unknown' };
    if (isTerminal(task.status)) return { kind: 'terminal', status: task.status };
    if (task.status === 'processing') {
      if (task.cancelRequestedAt === null) change(task, { cancelRequestedAt: at }, at, 'cancel_requested', { by, attempt: task.attempt });
      return { kind: 'requested', attempt: task.attempt };
    }
    countEnd(change(task, { status: 'cancelled', dueAt: null, completedAt: at }, at, 'cancelled', { by }));
    return { kind: 'cancelled' };
  }

  function expire(seq: Seq, at: EpochMs): boolean {
    const task = tables.tasks.get(seq);
    if (task === undefined || isTerminal(task.status) || task.status === 'processing') return false;
    countEnd(
      change(
        task,
        { status: 'failed', dueAt: null, completedAt: at, error: deadlineExceeded },
        at,
        'failed',
        errorDetails(deadlineExceeded),
      ),
    );
    return true;
  }

  function reject({ seq, verb, error }: Rejection, at: EpochMs): boolean {
    const task = tables.tasks.get(seq);
    const status = task && nextStatus(task.status, verb);
    if (task === undefined || status === undefined) return false;
    const event = status === 'failed' ? 'failed' : 'cancelled';
    countEnd(change(task, { status, dueAt: null, completedAt: at, error }, at, event, errorDetails(error)));
    return true;
  }

  function deleteTerminal(limit: number, completedBefore: EpochMs, keysBefore: EpochMs): number {
    for (const key of tables.keys.rows()) if (key.at < keysBefore) tables.keys.delete(idempotencyKey(key.tenant, key.key));
    const held = new Set(tables.keys.rows().map((key) => key.taskSeq));
    for (const { dependsOn, completedAt } of tables.tasks.rows())
      if (completedAt === null) for (const { seq } of dependsOn?.parents ?? []) held.add(seq);
    const gone = tables.tasks
      .rows()
      .filter((task) => task.completedAt !== null && task.completedAt < completedBefore && !held.has(task.seq))
      .sort((a, b) => (a.completedAt ?? 0) - (b.completedAt ?? 0) || a.seq - b.seq)
      .slice(0, limit);
    for (const task of gone) {
      tables.tasks.delete(task.seq);
      for (let attempt = 1; attempt <= task.attempt; attempt++) tables.attempts.delete(attemptKey(task.seq, attempt));
    }
    return gone.length;
  }

  return { submit, claim, recordInputs, lease, settle, makeDue, cancel, expire, reject, deleteTerminal };
}

function mustHave<T>(row: T | undefined): T {
  if (row === undefined) throw new Error('a row that must exist is missing');
  return row;
}
