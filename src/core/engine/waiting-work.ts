import type { EpochMs, Seq, TaskId } from '../domain/units.ts';
import type { Clock } from '../ports/clock.ts';
import type { TaskStore } from '../ports/task-store.ts';
import type { SchedulingCore, WaitingGroup } from '../scheduling/core.ts';
import type { Hold } from '../scheduling/reasons.ts';
import type { DependencyWatch } from './dependencies.ts';
import type { Due } from './due.ts';

/** All tasks that wait for the same reason. */
export interface WaitingReason extends Pick<Hold, 'code' | 'clearedBy'> {
  readonly tasks: number;
  /** Kinds of needs among them; 0: they were never sorted by what they need. */
  readonly groups: number;
  readonly oldestReadyAt: EpochMs | undefined;
  /** Tasks of these that have waited longer than their strategy promises. */
  readonly past: number;
  /** `undefined`: unknown, or gone meanwhile. */
  readonly oldest: TaskId | undefined;
}

/** Everything that waits, by what stops it; most tasks first. */
export interface WaitingWork {
  readonly at: EpochMs;
  readonly tasks: number;
  readonly reasons: readonly WaitingReason[];
  readonly groups: readonly (Omit<WaitingGroup, 'oldest'> & { readonly oldest: TaskId | undefined })[];
  /** Groups there are of the reason asked for. */
  readonly groupsTotal: number;
}

export interface WaitingQuery {
  /** Groups to list. */
  readonly limit: number;
  /** Only groups with this reason. */
  readonly code?: string | undefined;
}

interface WaitingDeps {
  readonly store: TaskStore;
  readonly clock: Clock;
  readonly core: SchedulingCore;
  readonly due: Due;
  readonly dependencies: DependencyWatch;
}

export function createWaitingWork({ store, clock, core, due, dependencies }: WaitingDeps): (query: WaitingQuery) => Promise<WaitingWork> {
  return async ({ limit, code }) => {
    const at = clock.now();
    const all = core.waitingGroups(at);
    const timed = [
      timedReason('delayed_until', due.asked),
      timedReason('backing_off', due.backingOff),
      { ...timedReason('waiting_for_dependency', dependencies.size), clearedBy: 'submitter' as const },
    ];
    const found = [...byReason(all), ...timed.filter(({ tasks }) => tasks > 0)].sort((a, b) => b.tasks - a.tasks);
    const wanted = all.filter(({ hold }) => code === undefined || hold.code === code);
    const reasons = await Promise.all(found.map(async ({ seq, ...reason }) => ({ ...reason, oldest: await idOf(seq) })));
    const groups = await Promise.all(wanted.slice(0, limit).map(async (group) => ({ ...group, oldest: await idOf(group.oldest) })));
    return { at, tasks: found.reduce((sum, { tasks }) => sum + tasks, 0), reasons, groups, groupsTotal: wanted.length };
  };

  async function idOf(seq: Seq | undefined): Promise<TaskId | undefined> {
    return seq === undefined ? undefined : (await store.taskBySeq(seq))?.id;
  }
}

type Found = Omit<WaitingReason, 'oldest'> & { readonly seq: Seq | undefined };

function byReason(groups: readonly WaitingGroup[]): Found[] {
  const reasons = new Map<string, Found>();
  for (const { hold, tasks, oldest, oldestReadyAt, past } of groups) {
    const known = reasons.get(hold.code);
    const isOldest = known?.oldestReadyAt === undefined || oldestReadyAt < known.oldestReadyAt;
    reasons.set(hold.code, {
      code: hold.code,
      clearedBy: hold.clearedBy,
      tasks: (known?.tasks ?? 0) + tasks,
      groups: (known?.groups ?? 0) + 1,
      past: (known?.past ?? 0) + past,
      oldestReadyAt: isOldest ? oldestReadyAt : known.oldestReadyAt,
      seq: isOldest ? oldest : known.seq,
    });
  }
  return [...reasons.values()];
}

/** What waits for a time of its own, or for other tasks, is not in the queue. */
function timedReason(code: string, tasks: number): Found {
  return { code, clearedBy: 'time', tasks, groups: 0, past: 0, oldestReadyAt: undefined, seq: undefined };
}
