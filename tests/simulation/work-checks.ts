import type { LogEntry } from '../../src/core/domain/events.ts';
import type { Json } from '../../src/core/domain/json.ts';
import type { Task } from '../../src/core/domain/task.ts';
import { isTerminal } from '../../src/core/domain/task-status.ts';
import type { Ms, Seq } from '../../src/core/domain/units.ts';
import type { World } from '../../src/core/domain/world.ts';
import type { Problem } from './stage.ts';

/** Deadlines are watched in steps of 5 ms, and from the COMMIT or the start on that made the task known. */
const graceMs = 50;

/** What can only be judged by who knows what the simulated work does. */
export function createWorkChecks({ clockIsRight }: { readonly clockIsRight: boolean }): (world: World, atMs: Ms) => readonly Problem[] {
  const overdueSince = new Map<string, Ms>();

  function overdue({ rows, memory, now }: World, atMs: Ms): readonly Problem[] {
    // A deadline is a wall time: while the clock is wrong nobody can say who is late.
    if (memory?.idle !== true || !clockIsRight) return [];
    const problems: Problem[] = [];
    for (const { seq, status, deadline } of rows.tasks) {
      if (deadline === null || deadline >= now || isTerminal(status) || status === 'processing') continue;
      const known = `${rows.serverEpoch}/${seq}`;
      const since = overdueSince.get(known) ?? atMs;
      overdueSince.set(known, since);
      if (atMs - since > graceMs)
        problems.push({ rule: 'L1', message: `task ${seq}: is ${status} ${now - deadline} ms after its deadline` });
    }
    return problems;
  }

  return (world, atMs) => [
    ...overdue(world, atMs),
    ...(world.rows.log === undefined
      ? []
      : [...stamps(world.rows.tasks), ...keys(world.rows.tasks), ...drainedWork(world.rows.log.entries)]),
  ];
}

/** Of each part. */
function stampOf({ seq, attempt, parts }: Task): Json {
  const stamp = { seq, attempt };
  return parts === 1 ? stamp : Array.from({ length: parts }, () => stamp);
}

/** A completed task carries the stamp of the attempt that completed it. */
function stamps(tasks: readonly Task[]): readonly Problem[] {
  return tasks
    .filter((task) => task.status === 'completed' && JSON.stringify(task.result) !== JSON.stringify(stampOf(task)))
    .map(({ seq, attempt, result }) => ({
      rule: 'I3',
      message: `task ${seq}: attempt ${attempt} completed it with the result ${JSON.stringify(result)}`,
    }));
}

/** Clients write the key of each request into its task: two tasks of one key are one request done twice, also if only one was answered. */
function keys(tasks: readonly Task[]): readonly Problem[] {
  const first = new Map<string, Seq>();
  const problems: Problem[] = [];
  for (const { seq, tenant, metadata, retryOf } of tasks) {
    if (metadata?.['key'] === undefined || retryOf !== null) continue;
    const key = `${tenant} with ${String(metadata['key'])}`;
    const before = first.get(key);
    if (before === undefined) first.set(key, seq);
    else problems.push({ rule: 'I9', message: `tasks ${before} and ${seq} were both made by ${key}` });
  }
  return problems;
}

/** This work never stops unasked; when the engine thinks so, it closed the executor under it. */
function drainedWork(entries: readonly LogEntry[]): readonly Problem[] {
  return entries
    .filter(({ type, details }) => type === 'lost' && details['message'] === 'the executor stopped without being asked')
    .map(({ taskSeq }) => ({ rule: 'drain', message: `task ${taskSeq}: a drain lost the attempt it should have released` }));
}
