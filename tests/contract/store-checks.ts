import { expect } from 'vitest';
import type { Attempt } from '../../src/core/domain/attempt.ts';
import { roundMoney } from '../../src/core/domain/cost.ts';
import { foldStatus, type LogEntry } from '../../src/core/domain/events.ts';
import type { Task } from '../../src/core/domain/task.ts';
import { isTerminal, type TaskStatus, taskStatuses } from '../../src/core/domain/task-status.ts';
import type { Store } from '../../src/core/ports/store.ts';

/** Everything that can be read of a store, page by page. */
export async function contentOf(store: Store) {
  const tasks = await allTasks(store);
  const attempts: Attempt[] = [];
  for (const task of tasks) attempts.push(...(await store.attempts(task.seq)));
  return {
    tasks,
    attempts,
    log: await allLog(store),
    bounds: store.logBounds(),
    counts: store.counts(),
    pools: await store.pools(),
    types: await store.types(),
    tenants: await store.tenants(),
    spend: await store.spendSince(0),
    epochs: await store.strategyEpochs(100),
    simulations: await store.runningSimulations(),
  };
}

export async function allTasks(store: Store): Promise<Task[]> {
  const tasks: Task[] = [];
  for (let before: number | undefined; ; before = tasks.at(-1)?.seq) {
    const page = await store.tasks({ filter: {}, limit: 500, ...(before === undefined ? {} : { before }) });
    tasks.push(...page.tasks);
    if (!page.hasOlder) return tasks;
  }
}

export async function allLog(store: Store): Promise<LogEntry[]> {
  const entries: LogEntry[] = [];
  for (;;) {
    const page = await store.logAfter(entries.at(-1)?.seq ?? 0, 500);
    if (page.length === 0) return entries;
    entries.push(...page);
  }
}

/** What must hold of every store at any moment between two commits. Log rows below the floor cannot be folded: pass `pruned`. */
export async function checkStore(store: Store, { pruned = false } = {}): Promise<void> {
  const { tasks, attempts, log, bounds } = await contentOf(store);

  expect(log.map((entry) => entry.seq)).toEqual(Array.from({ length: bounds.head - bounds.floor + 1 }, (_, i) => bounds.floor + i));
  expect(await store.verifyLog()).toMatchObject({ ok: true, brokenAt: undefined });

  const attemptsOf = grouped(attempts, (attempt) => attempt.taskSeq);
  const logOf = grouped(log, (entry) => entry.taskSeq);
  const violations = tasks.flatMap((task) => [
    ...brokenRules(task, attemptsOf.get(task.seq) ?? []),
    ...(pruned ? [] : brokenFold(task, logOf.get(task.seq) ?? [])),
  ]);
  expect(violations).toEqual([]);
  checkCounts(store, tasks, log, pruned);
  if (pruned) return;
  const spent = (await store.spendSince(0)).reduce((sum, hour) => sum + hour.amount, 0);
  expect(spent).toBeCloseTo(store.counts().costEver, 6);
}

function grouped<Row, Key>(rows: readonly Row[], keyOf: (row: Row) => Key): Map<Key, Row[]> {
  const groups = new Map<Key, Row[]>();
  for (const row of rows) {
    const group = groups.get(keyOf(row));
    if (group === undefined) groups.set(keyOf(row), [row]);
    else group.push(row);
  }
  return groups;
}

function brokenRules(task: Task, attempts: readonly Attempt[]): string[] {
  const live = attempts.filter((attempt) => attempt.endedAt === null).length;
  const counting = attempts.filter((attempt) => attempt.outcome !== 'released').length;
  const rules: Record<string, boolean> = {
    'attempts are numbered from 1 without gaps': attempts.length === task.attempt && attempts.every((a, i) => a.attempt === i + 1),
    'a processing task has one live attempt, others none': live === (task.status === 'processing' ? 1 : 0),
    'released attempts do not count': counting === task.attemptsUsed,
    'completedAt is set exactly when it ended': (task.completedAt !== null) === isTerminal(task.status),
    'dueAt is set exactly while delayed, or waiting for parents alone':
      (task.dueAt !== null) === (task.status === 'delayed') || (task.status === 'delayed' && task.attempt === 0 && task.dependsOn !== null),
  };
  return broken(task, rules);
}

/** The log tells the same story as the table, and ends with the row the version names. */
function brokenFold(task: Task, own: readonly LogEntry[]): string[] {
  const endings = own.filter((entry) => ['completed', 'failed', 'cancelled'].includes(entry.type)).length;
  return broken(task, {
    'the log folds to the status': own.reduce<TaskStatus | undefined>(foldStatus, undefined) === task.status,
    'the version names the latest row': own.at(-1)?.seq === task.version,
    'every row names the task': own.every((entry) => entry.taskId === task.id),
    'one terminal event': endings === (isTerminal(task.status) ? 1 : 0),
  });
}

function broken(task: Task, rules: Record<string, boolean>): string[] {
  return Object.entries(rules).flatMap(([rule, holds]) => (holds ? [] : [`task ${task.seq}: ${rule}`]));
}

function checkCounts(store: Store, tasks: readonly Task[], log: readonly LogEntry[], pruned: boolean): void {
  const counts = store.counts();
  const recount = Object.fromEntries(taskStatuses.map((status) => [status, tasks.filter((task) => task.status === status).length]));
  expect(counts.byStatus).toEqual(recount);
  if (pruned) return;
  const ended = (type: string) => log.filter((entry) => entry.type === type).length;
  expect([counts.completedEver, counts.failedEver, counts.cancelledEver]).toEqual([
    ended('completed'),
    ended('failed'),
    ended('cancelled'),
  ]);
  const wholeHistory = tasks.length === log.filter((entry) => entry.type === 'created').length;
  if (!wholeHistory) return;
  const completed = tasks.filter((task) => task.status === 'completed');
  expect(counts.completedRunMs).toBe(completed.reduce((sum, task) => sum + task.completedAt! - task.startedAt!, 0));
  expect(counts.costEver).toBeCloseTo(roundMoney(tasks.reduce((sum, task) => sum + (task.actualCost ?? 0), 0)), 6);
}
