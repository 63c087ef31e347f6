import { stat } from 'node:fs/promises';
import type { Task } from '../core/domain/task.ts';
import { isTerminal } from '../core/domain/task-status.ts';
import type { EpochMs, Ms, TaskId } from '../core/domain/units.ts';
import type { Clock } from '../core/ports/clock.ts';
import { bytesKept, removeFiles, tasksWithFiles } from './housekeeping.ts';
import type { FilePlaces } from './places.ts';

export interface FileRetention {
  /** Of tasks whose type says nothing. */
  readonly maxAgeMs: Ms;
  /** Ended tasks that keep files; the oldest go first. */
  readonly maxTasks: number;
  /** What all of them keep together; the oldest go first. */
  readonly maxBytes: number;
}

interface RetentionDeps {
  readonly places: FilePlaces;
  readonly clock: Clock;
  readonly taskOf: (id: TaskId) => Promise<Task | undefined>;
  /** Whether a task that has not ended depends on it. */
  readonly isAwaited: (task: Task) => Promise<boolean>;
  /** How long files of this type are kept; `undefined`: as long as any. */
  readonly keepMs: (type: string) => Ms | undefined;
  readonly failed: (error: unknown) => void;
}

interface Ended {
  readonly task: Task;
  readonly completedAt: EpochMs;
  readonly bytes: number;
}

const everyMs = 60_000;
/** A bundle is laid down before its task is committed; one that is younger may still get its task. */
const unclaimedMs = 600_000;

/** Removes files by age, number and size. A task that waits, runs or backs off keeps its own and those of its parents. @returns how to stop it */
export function startFileRetention(deps: RetentionDeps, policy: FileRetention): () => void {
  const { clock, failed } = deps;
  let disarm = clock.after(everyMs, sweep);
  let stopped = false;
  const sizes = new Map<TaskId, number>();

  function sweep(): void {
    void applyRetention(deps, policy, sizes)
      .catch(failed)
      .then(() => {
        if (!stopped) disarm = clock.after(everyMs, sweep);
      });
  }

  return () => {
    stopped = true;
    disarm();
  };
}

/**
 * One sweep.
 * @param sizes bytes of ended tasks, known from earlier sweeps: what is kept never changes
 * @returns tasks whose files went
 */
export async function applyRetention(deps: RetentionDeps, policy: FileRetention, sizes = new Map<TaskId, number>()): Promise<number> {
  const { places, clock } = deps;
  const now = clock.now();
  const kept: Ended[] = [];
  let gone = 0;

  async function remove(id: TaskId): Promise<void> {
    await removeFiles(places, id);
    sizes.delete(id);
    gone++;
  }

  for (const id of await tasksWithFiles(places)) {
    const task = await deps.taskOf(id);
    if (task === undefined) {
      if (await isOld(places, id, now)) await remove(id);
      continue;
    }
    if (!isTerminal(task.status) || task.completedAt === null) continue;
    if (now - task.completedAt > (deps.keepMs(task.type) ?? policy.maxAgeMs)) {
      if (!(await deps.isAwaited(task))) await remove(id);
      continue;
    }
    const bytes = sizes.get(id) ?? (await bytesKept(places, id));
    sizes.set(id, bytes);
    kept.push({ task, completedAt: task.completedAt, bytes });
  }

  kept.sort((a, b) => a.completedAt - b.completedAt);
  let [count, bytes] = [kept.length, kept.reduce((sum, each) => sum + each.bytes, 0)];
  for (const oldest of kept) {
    if (count <= policy.maxTasks && bytes <= policy.maxBytes) break;
    if (await deps.isAwaited(oldest.task)) continue;
    await remove(oldest.task.id);
    count -= 1;
    bytes -= oldest.bytes;
  }
  return gone;
}

async function isOld(places: FilePlaces, id: TaskId, now: EpochMs): Promise<boolean> {
  const input = await stat(places.inputOf(id)).catch(() => undefined);
  return input === undefined || now - input.ctimeMs > unclaimedMs;
}
