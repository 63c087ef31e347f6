import type { OnParentFailure, Parent } from '../domain/dependency.ts';
import { isTaskEvent, type LogEntry, taskEvents } from '../domain/events.ts';
import type { Task, TaskError } from '../domain/task.ts';
import { isTerminal, type TaskStatus } from '../domain/task-status.ts';
import type { EpochMs, Seq } from '../domain/units.ts';
import type { Clock } from '../ports/clock.ts';
import type { Rejection, TaskStore } from '../ports/task-store.ts';
import type { Waiting } from './deadlines.ts';
import type { Due } from './due.ts';
import type { EventBus } from './event-bus.ts';
import { slicesOf } from './slices.ts';
import type { StorageWatch } from './storage-watch.ts';

/** Reads of one turn, rows of one transaction. */
const readsPerTurn = 5_000;
const endsPerCommit = 500;

/** Tasks that wait for others to end. The decision core knows nothing of them before they have. */
export interface DependencyWatch {
  /** A committed delayed task: it is queued when its parents have ended and its time has come, or ends as its policy says. */
  watch(task: Child): void;
  /** It ended while it waited. */
  forget(seq: Seq): void;
  /** The parents it still waits for; `undefined`: for none. */
  openOf(task: Task): readonly Parent[] | undefined;
  readonly size: number;
}

type Child = Waiting & Pick<Task, 'dueAt' | 'dependsOn'>;

interface DependenciesDeps {
  readonly store: TaskStore;
  readonly clock: Clock;
  readonly events: EventBus;
  readonly due: Due;
  readonly storage: StorageWatch;
  /** Takes a task that ended while it waited out of memory. */
  readonly leave: (task: Waiting) => void;
  readonly failed: (error: unknown) => void;
}

interface Entry extends Waiting {
  readonly dueAt: EpochMs | null;
  readonly parents: readonly Parent[];
  readonly onFailure: OnParentFailure;
  readonly open: Set<Seq>;
}

/**
 * Hears of ends where everybody does, in the committed log, and so needs nothing that a crash could take: what is kept here follows from the
 * rows. A parent may have ended before its child was listed, so the rows are looked at once after that.
 */
export function createDependencies({ store, clock, events, due, storage, leave, failed }: DependenciesDeps): DependencyWatch {
  const waiting = new Map<Seq, Entry>();
  const childrenOf = new Map<Seq, Set<Entry>>();
  let unseen: Entry[] = [];
  let rejected: { readonly entry: Entry; readonly rejection: Rejection }[] = [];

  events.onEntries((entries) => {
    if (childrenOf.size > 0) for (const entry of entries) hear(entry);
  });

  function hear({ type, taskSeq }: LogEntry): void {
    if (taskSeq === null || !isTaskEvent(type)) return;
    const status = taskEvents[type];
    if (status !== null && isTerminal(status)) ended(taskSeq, status);
  }

  function watch({ seq, tenant, type, dueAt, dependsOn }: Child): void {
    const { parents = [], onFailure = 'fail' } = dependsOn ?? {};
    const entry: Entry = { seq, tenant, type, dueAt, parents, onFailure, open: new Set(parents.map((parent) => parent.seq)) };
    waiting.set(seq, entry);
    for (const parent of entry.open) {
      const siblings = childrenOf.get(parent);
      if (siblings === undefined) childrenOf.set(parent, new Set([entry]));
      else siblings.add(entry);
    }
    if (unseen.length === 0) clock.soon(() => void look().catch(failed));
    unseen.push(entry);
  }

  async function look(): Promise<void> {
    const parents = new Set(unseen.flatMap(({ open }) => [...open]));
    unseen = [];
    for (const seqs of slicesOf([...parents], readsPerTurn)) {
      const statuses = await store.statuses(seqs);
      for (const [i, seq] of seqs.entries()) {
        const status = statuses[i] ?? 'gone';
        if (status === 'gone' || isTerminal(status)) ended(seq, status);
      }
      await new Promise<void>((resolve) => clock.soon(resolve));
    }
  }

  function ended(parent: Seq, status: TaskStatus | 'gone'): void {
    for (const entry of childrenOf.get(parent) ?? []) {
      entry.open.delete(parent);
      if (status !== 'completed' && entry.onFailure !== 'run') reject(entry, parent, status);
      else if (entry.open.size === 0) release(entry);
    }
    childrenOf.delete(parent);
  }

  function release({ seq, dueAt }: Entry): void {
    forget(seq);
    if (dueAt === null || dueAt <= clock.now()) due.release(seq);
    else due.delay(seq, dueAt);
  }

  function reject(entry: Entry, seq: Seq, status: TaskStatus | 'gone'): void {
    forget(entry.seq);
    if (rejected.length === 0) clock.soon(() => void flush().catch(failed));
    const error = errorOf(
      entry.parents.find((parent) => parent.seq === seq),
      status,
    );
    rejected.push({ entry, rejection: { seq: entry.seq, verb: entry.onFailure === 'skip' ? 'skip' : 'reject', error } });
  }

  async function flush(): Promise<void> {
    const all = rejected;
    rejected = [];
    const at = clock.now(); // the moment it was clear, however long the disk is full
    await Promise.all(slicesOf(all, endsPerCommit).map((slice) => end(slice, at)));
  }

  async function end(slice: Readonly<typeof rejected>, at: EpochMs): Promise<void> {
    const rejections = slice.map(({ rejection }) => rejection);
    const done = await storage.persist(() => store.rejectTasks(rejections, at));
    for (const [i, { entry }] of slice.entries()) if (done[i] === true) leave(entry);
  }

  function forget(seq: Seq): void {
    const entry = waiting.get(seq);
    if (entry === undefined) return;
    waiting.delete(seq);
    for (const parent of entry.open) {
      const siblings = childrenOf.get(parent);
      siblings?.delete(entry);
      if (siblings?.size === 0) childrenOf.delete(parent);
    }
  }

  return {
    watch,
    forget,
    openOf({ seq }) {
      const entry = waiting.get(seq);
      return entry?.parents.filter((parent) => entry.open.has(parent.seq));
    },
    get size() {
      return waiting.size;
    },
  };
}

function errorOf(parent: Parent | undefined, status: TaskStatus | 'gone'): TaskError {
  const how = status === 'gone' ? 'is there no more' : status === 'cancelled' ? 'was cancelled' : status;
  const name = parent === undefined || parent.name === parent.id ? '' : ` (${parent.name})`;
  return { code: 'dependency_failed', message: `Task ${parent?.id}${name}, which it depends on, ${how}.` };
}
