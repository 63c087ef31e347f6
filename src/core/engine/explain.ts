import type { Parent } from '../domain/dependency.ts';
import type { LogEntry } from '../domain/events.ts';
import type { Pool } from '../domain/pool.ts';
import { entryOf, type Task } from '../domain/task.ts';
import type { EpochMs } from '../domain/units.ts';
import type { Clock } from '../ports/clock.ts';
import type { LogStore } from '../ports/log-store.ts';
import type { TaskStore } from '../ports/task-store.ts';
import type { PoolFit, Relaxation, SchedulingCore } from '../scheduling/core.ts';
import type { Hold } from '../scheduling/reasons.ts';
import type { Remedy } from '../scheduling/relaxation.ts';
import type { DependencyWatch } from './dependencies.ts';
import type { ExplainOptions, Explanation } from './engine.ts';
import type { Policy } from './policy.ts';

/** Entries of a task's log that are looked through for its latest start. */
const entriesRead = 1_000;

export interface Explain {
  /** O(1): why it waits, for lists; `undefined` when it does not wait. */
  reasonOf(task: Task): Hold | undefined;
  explain(task: Task, options?: ExplainOptions): Promise<Explanation>;
}

interface ExplainDeps {
  readonly store: LogStore & TaskStore;
  readonly clock: Clock;
  readonly core: SchedulingCore;
  readonly policy: Policy;
  readonly dependencies: DependencyWatch;
  readonly poolOf: (id: number) => Pool;
}

type Unblock = Explanation['unblock'][number];

/** Puts together what the rows, the core and the log know of one task. */
export function createExplain({ store, clock, core, policy, dependencies, poolOf }: ExplainDeps): Explain {
  function reasonOf(task: Task): Hold | undefined {
    return task.status === 'queued' ? core.holdOf(task.seq, clock.now()) : (parentsOf(task) ?? delayOf(task));
  }

  async function explain(task: Task, { pools }: ExplainOptions = {}): Promise<Explanation> {
    const decision = task.attempt === 0 ? undefined : await latestStart(task);
    const delay = delayOf(task);
    // The task may have moved since it was read: then it waits here no more.
    const waiting = task.status === 'queued' ? core.explain(task.seq, clock.now()) : undefined;
    const parents = parentsOf(task);
    const holds = [...(waiting?.holds ?? []), ...[parents, delay].filter((hold) => hold !== undefined)];
    const unblock = parents !== undefined ? [] : delay === undefined ? core.unlock(task.seq, clock.now()) : undelayed(task, clock.now());
    const remedies = waiting === undefined ? [] : remediesBeside(unblock, core.remedies(task.seq));
    const fits = pools === undefined ? undefined : core.poolFits(task.seq, pools.offset, pools.limit);
    const kept = waiting?.kept === undefined ? undefined : { ...waiting.kept, id: (await store.taskBySeq(waiting.kept.seq))?.id };
    const strategy = policy.current();
    return {
      task,
      holds,
      waiting,
      kept,
      decision,
      strategy,
      unblock: [...unblock.map(named), ...remedies.map(remedy)],
      fits: fits && namedFits(fits),
    };
  }

  function parentsOf(task: Task): Hold | undefined {
    const open = task.status === 'delayed' ? dependencies.openOf(task) : undefined;
    return open && waitingForParents(open, task.dependsOn?.parents.length ?? 0);
  }

  /** It would start if it were due now. */
  function undelayed(task: Task, now: EpochMs): Relaxation[] {
    const { poolId, parts } = core.preview({ ...entryOf(task), readyAt: task.attempt === 0 ? now : task.readyAt }, now);
    if (poolId === undefined) return [];
    return [{ change: task.attempt === 0 ? 'drop_run_at' : 'retry_now', subject: '', from: null, to: null, poolId, parts }];
  }

  function named({ poolId, parts = [], ...relaxation }: Relaxation): Unblock {
    const placements = parts.length === 0 ? null : parts.map((id) => poolOf(id).name);
    const { name } = poolOf(poolId);
    return { ...relaxation, startsOn: name, couldRunOn: name, placements, isStep: false };
  }

  function remedy({ poolId, isStep = false, ...change }: Remedy): Unblock {
    return { ...change, startsOn: null, couldRunOn: poolId === undefined ? null : poolOf(poolId).name, placements: null, isStep };
  }

  function namedFits({ total, fits }: { readonly total: number; readonly fits: readonly PoolFit[] }): NonNullable<Explanation['fits']> {
    return { total, pools: fits.map(({ poolId, checks }) => ({ pool: poolOf(poolId).name, checks })) };
  }

  async function latestStart({ seq }: Task): Promise<LogEntry | undefined> {
    return (await store.taskLog(seq, entriesRead)).findLast((entry) => entry.type === 'scheduled');
  }

  return { reasonOf, explain };
}

/** Of a kind that would start it at once those that would only let it wait need not be told. */
function remediesBeside(unblock: readonly Relaxation[], remedies: readonly Remedy[]): readonly Remedy[] {
  return remedies.filter(({ change }) => !unblock.some((relaxation) => relaxation.change === change));
}

/** A delayed task waits for a time, whatever else there is. */
function delayOf(task: Task): Hold | undefined {
  if (task.status !== 'delayed' || task.dueAt === null) return undefined;
  if (task.attempt === 0) return delayedUntil(task.dueAt);
  const summary = `Attempt ${task.attempt} did not succeed (${task.error?.code ?? 'unknown'}); the next one comes after a pause.`;
  return { code: 'backing_off', clearedBy: 'time', until: task.dueAt, summary };
}

export function delayedUntil(until: EpochMs): Hold {
  return { code: 'delayed_until', clearedBy: 'time', until, summary: 'It was asked not to start before its run_at.' };
}

const shownParents = 3;

export function waitingForParents(open: readonly Parent[], of: number): Hold {
  const names = open.slice(0, shownParents).map(({ id, name }) => (name === id ? id : `${name} (${id})`));
  const more = open.length > shownParents ? ` and ${open.length - shownParents} more` : '';
  const [first] = open;
  return {
    code: 'waiting_for_dependency',
    clearedBy: 'submitter',
    need: of,
    have: of - open.length,
    summary: `It waits for ${names.join(', ')}${more} to end: ${of - open.length} of the ${of} it depends on have.`,
    ...(first === undefined ? {} : { task: first.seq }),
  };
}
