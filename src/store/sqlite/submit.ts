import type { Database } from 'better-sqlite3';
import type { Task } from '../../core/domain/task.ts';
import type { Seq } from '../../core/domain/units.ts';
import type { Submission, SubmitReceipt } from '../../core/ports/task-store.ts';
import { judgeKeys, type KeyVerdict, type KnownKey } from '../idempotency.ts';
import { createdDetails } from '../log-details.ts';
import { newTask } from '../new-task.ts';
import { resolveParents } from '../parents.ts';
import { statusCodes } from './codes.ts';
import { decodeTask, encodeJson, encodeRare, type TaskRow, taskColumns } from './task-row.ts';
import { newUuidBytes } from './uuid-bytes.ts';
import type { WriteContext } from './write-context.ts';

/** Accepting tasks: two inserts each, or none where the idempotency key is known. */
export function createSubmit(db: Database, { symbols, log, counters, heads, inserts, fresh }: WriteContext) {
  // A key that outlived its 24 hours but was not removed yet makes way for the new one.
  const insertKey = db.prepare<[number, number, string, string, number]>(
    'INSERT OR REPLACE INTO idempotency (task_seq, tenant, key, fingerprint, at) VALUES (?, ?, ?, ?, ?)',
  );
  const selectKey = db.prepare<[number, string], KnownKey>(
    'SELECT task_seq AS taskSeq, fingerprint, at FROM idempotency WHERE tenant = ? AND key = ?',
  );
  const insertEdge = db.prepare<[Seq, Seq]>('INSERT INTO dependency (parent, child) VALUES (?, ?)');
  const select = db.prepare<[Seq], TaskRow>(`SELECT ${taskColumns} FROM task WHERE seq = ?`).raw();

  function submit(items: readonly Submission[], atomic: boolean): SubmitReceipt[] {
    const receipts: SubmitReceipt[] = [];
    if (items.every((item) => item.idempotency === null)) {
      for (const item of items) receipts.push(accept(item, receipts));
      return receipts;
    }

    const verdicts = judgeKeys(items, knownKey);
    if (atomic && verdicts.includes('key_reused')) {
      return verdicts.map((verdict) => ({ kind: verdict === 'key_reused' ? 'key_reused' : 'skipped' }));
    }
    for (const [i, item] of items.entries()) receipts.push(receiptOf(item, verdicts[i], receipts));
    return receipts;
  }

  function knownKey(tenant: string, key: string): KnownKey | undefined {
    const code = symbols.find(tenant);
    return code === undefined ? undefined : selectKey.get(code, key);
  }

  function receiptOf(item: Submission, verdict: KeyVerdict, earlier: readonly SubmitReceipt[]): SubmitReceipt {
    if (verdict === undefined) return accept(item, earlier);
    if (verdict === 'key_reused') return { kind: 'key_reused' };
    if (typeof verdict !== 'number') return { kind: 'duplicate', task: stored(verdict.taskSeq) };
    const first = earlier[verdict];
    if (first === undefined || !('task' in first)) throw new Error('a duplicate has no first');
    return { kind: 'duplicate', task: first.task };
  }

  function stored(seq: Seq): Task {
    inserts.flush();
    const row = select.get(seq);
    if (row === undefined) throw new Error(`task ${seq} of an idempotency key is missing`);
    return decodeTask(row, symbols);
  }

  function accept(item: Submission, earlier: readonly SubmitReceipt[]): SubmitReceipt {
    const dependsOn = item.dependsOn && resolveParents(item.dependsOn, earlier);
    if (dependsOn === undefined) return { kind: 'skipped' };
    const seq = heads.nextTaskSeq();
    const task = newTask(item, seq, log.nextSeq, dependsOn);
    const type = symbols.codeOf(task.type);
    const region = symbols.optionalCodeOf(task.region);
    const status = statusCodes[task.status];
    const metadata = encodeJson(task.metadata);
    const payload = encodeJson(task.payload);
    inserts.tasks.add(
      seq,
      newUuidBytes(task.id),
      status,
      symbols.codeOf(task.tenant),
      type,
      task.priority,
      task.cost,
      region,
      task.slots,
      task.timeoutMs,
      task.maxAttempts,
      encodeRare(task),
      metadata,
      payload,
      symbols.codeOf(task.initiatedBy),
      task.enqueuedAt,
      task.readyAt === task.enqueuedAt ? null : task.readyAt,
      task.dueAt,
      task.version,
    );
    if (item.idempotency !== null) {
      insertKey.run(seq, symbols.codeOf(task.tenant), item.idempotency.key, item.idempotency.fingerprint, item.at);
    }
    for (const { seq: parent } of dependsOn?.parents ?? []) insertEdge.run(parent, seq);
    log.add(item.at, 'created', seq, task.id, null, createdDetails(item, task));
    counters.add(status, type, region);
    fresh.add(task, (metadata?.length ?? 0) + (payload?.length ?? 0));
    return { kind: 'accepted', task };
  }

  return submit;
}
