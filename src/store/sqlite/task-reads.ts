import type { Attempt } from '../../core/domain/attempt.ts';
import type { Task } from '../../core/domain/task.ts';
import type { TaskStore } from '../../core/ports/task-store.ts';
import { isKeyAlive, type KnownKey } from '../idempotency.ts';
import { outcomeName, statusCodes, statusName } from './codes.ts';
import type { Reader } from './reader.ts';
import { decodeRun, type RunRow, recentRunsSql } from './recent-runs.ts';
import type { Symbols } from './symbols.ts';
import { decodeTask, type TaskRow, taskColumns } from './task-row.ts';
import { uuidBytes } from './uuid-bytes.ts';

type AttemptRow = readonly [
  attempt: number,
  pool: number,
  serverEpoch: number,
  startedAt: number,
  endedAt: number | null,
  outcome: number | null,
  node: number | null,
];

/** Reading tasks by key, and those that run. */
export function createTaskReads(
  { db, read }: Reader,
  symbols: Symbols,
): Pick<
  TaskStore,
  'task' | 'taskOfKey' | 'taskBySeq' | 'attempts' | 'statuses' | 'childrenOf' | 'isAwaited' | 'recentRuns' | 'processing'
> {
  const byId = db.prepare<[Buffer], TaskRow>(`SELECT ${taskColumns} FROM task WHERE id = ?`).raw();
  const bySeq = db.prepare<[number], TaskRow>(`SELECT ${taskColumns} FROM task WHERE seq = ?`).raw();
  const byKey = db.prepare<[number, string], KnownKey>(
    'SELECT task_seq AS taskSeq, fingerprint, at FROM idempotency WHERE tenant = ? AND key = ?',
  );
  const attemptsOf = db
    .prepare<[number], AttemptRow>(
      'SELECT attempt, pool, server_epoch, started_at, ended_at, outcome, node FROM attempt WHERE task_seq = ? ORDER BY attempt',
    )
    .raw();
  const statusOf = db.prepare<[number], number>('SELECT status FROM task WHERE seq = ?').pluck();
  const openChild = db
    .prepare<[number], number>(
      'SELECT 1 FROM dependency JOIN task ON task.seq = dependency.child WHERE dependency.parent = ? AND task.completed_at IS NULL LIMIT 1',
    )
    .pluck();
  const children = db
    .prepare<[number, number], TaskRow>(
      `SELECT ${taskColumns} FROM task WHERE seq IN (SELECT child FROM dependency WHERE parent = ?) ORDER BY seq LIMIT ?`,
    )
    .raw();
  const ended = db.prepare<[number], RunRow>(recentRunsSql('completed_at IS NOT NULL')).raw();
  const running = db
    .prepare<[], readonly [number, ...TaskRow]>(
      `SELECT (SELECT server_epoch FROM attempt WHERE task_seq = task.seq AND ended_at IS NULL), ${taskColumns}
       FROM task WHERE status = ${statusCodes.processing} ORDER BY seq`,
    )
    .raw();

  const decode = (row: TaskRow | undefined): Task | undefined => row && decodeTask(row, symbols);

  return {
    async task(id) {
      const bytes = uuidBytes(id);
      return bytes && decode(read(() => byId.get(bytes)));
    },
    async taskOfKey(tenant, key, at) {
      const code = symbols.find(tenant);
      const known = code === undefined ? undefined : read(() => byKey.get(code, key));
      if (known === undefined || !isKeyAlive(known, at)) return undefined;
      const task = decode(read(() => bySeq.get(known.taskSeq)));
      return task && { task, fingerprint: known.fingerprint };
    },
    async taskBySeq(seq) {
      return decode(read(() => bySeq.get(seq)));
    },
    async attempts(seq) {
      return read(() => attemptsOf.all(seq)).map((row) => decodeAttempt(seq, row, symbols));
    },
    async statuses(seqs) {
      return seqs.map((seq) => {
        const code = read(() => statusOf.get(seq));
        return code === undefined ? undefined : statusName(code);
      });
    },
    async childrenOf(seq, limit) {
      return read(() => children.all(seq, limit)).map((row) => decodeTask(row, symbols));
    },
    async isAwaited(seq) {
      return read(() => openChild.get(seq)) !== undefined;
    },
    async recentRuns(limit) {
      return read(() => ended.all(limit)).map((row) => decodeRun(row, symbols));
    },
    async processing() {
      return read(() => running.all()).map(([serverEpoch, ...row]) => ({ task: decodeTask(row, symbols), serverEpoch }));
    },
  };
}

function decodeAttempt(taskSeq: number, row: AttemptRow, symbols: Symbols): Attempt {
  const [attempt, pool, serverEpoch, startedAt, endedAt, outcome, node] = row;
  return {
    taskSeq,
    attempt,
    pool: symbols.nameOf(pool),
    nodeId: symbols.optionalNameOf(node),
    serverEpoch,
    startedAt,
    endedAt,
    outcome: outcome === null ? null : outcomeName(outcome),
  };
}
