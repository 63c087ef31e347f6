import type { Attempt } from '../attempt.ts';
import type { Task } from '../task.ts';
import type { Seq } from '../units.ts';
import type { World } from '../world.ts';
import type { Finding, Rule } from './rule.ts';

/** What must hold between the rows of one commit, whatever happened before. */
export const rowRules: readonly Rule[] = [
  { id: 'I7', check: ({ rows }) => ofEachTask(rows, attemptsAreNumbered) },
  { id: 'I8', check: ({ rows }) => ofEachTask(rows, oneLiveAttempt) },
];

function ofEachTask(rows: World['rows'], check: (task: Task, attempts: readonly Attempt[]) => string | undefined): readonly Finding[] {
  const byTask = new Map<Seq, Attempt[]>();
  for (const attempt of rows.attempts) {
    const known = byTask.get(attempt.taskSeq);
    if (known === undefined) byTask.set(attempt.taskSeq, [attempt]);
    else known.push(attempt);
  }
  const found: Finding[] = [];
  for (const task of rows.tasks) {
    const message = check(task, byTask.get(task.seq) ?? []);
    if (message !== undefined) found.push({ seq: task.seq, message });
    byTask.delete(task.seq);
  }
  for (const seq of byTask.keys()) found.push({ seq, message: `there are attempts of task ${seq} and no task` });
  return found;
}

/** 1..n without a gap; those that were not released count, and no more of them than the task may have. */
function attemptsAreNumbered(task: Task, attempts: readonly Attempt[]): string | undefined {
  const gap = attempts.findIndex((attempt, i) => attempt.attempt !== i + 1);
  if (gap >= 0) return `attempt ${gap + 1} is missing`;
  if (attempts.length !== task.attempt) return `the task says attempt ${task.attempt} and has ${attempts.length} rows`;
  const used = attempts.reduce((sum, attempt) => sum + (attempt.outcome === 'released' ? 0 : 1), 0);
  if (used !== task.attemptsUsed) return `${used} attempts count and the task says ${task.attemptsUsed}`;
  if (used > task.maxAttempts) return `${used} attempts count and ${task.maxAttempts} are allowed`;
  return undefined;
}

function oneLiveAttempt(task: Task, attempts: readonly Attempt[]): string | undefined {
  const live = attempts.filter((attempt) => attempt.endedAt === null);
  if (live.length > 1) return `attempts ${live.map((attempt) => attempt.attempt).join(' and ')} are live`;
  if (task.status !== 'processing')
    return live.length === 0 ? undefined : `attempt ${live[0]?.attempt} is live and the task is ${task.status}`;
  if (live[0] === undefined) return 'the task is processing and no attempt is live';
  return live[0].attempt === task.attempt ? undefined : `attempt ${live[0].attempt} is live and the task is at ${task.attempt}`;
}
