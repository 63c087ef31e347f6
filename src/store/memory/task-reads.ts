import { entryOf, type Task, type TaskEntry } from '../../core/domain/task.ts';
import type { TaskFilter, TaskPage, TaskQuery, TaskStore } from '../../core/ports/task-store.ts';
import { isKeyAlive } from '../idempotency.ts';
import { countersKnow, countLimit } from '../list-rules.ts';
import { recentRunsOf } from './recent-runs.ts';
import { attemptKey, idempotencyKey, type Tables } from './tables.ts';

export type TaskReads = Pick<
  TaskStore,
  | 'task'
  | 'taskOfKey'
  | 'taskBySeq'
  | 'attempts'
  | 'tasks'
  | 'statuses'
  | 'childrenOf'
  | 'isAwaited'
  | 'counts'
  | 'eachWaiting'
  | 'lastSeq'
  | 'eachNewest'
  | 'recentRuns'
  | 'processing'
>;

export function createTaskReads(tables: Tables): TaskReads {
  return {
    async task(id) {
      const seq = tables.seqOf(id);
      return seq === undefined ? undefined : tables.tasks.get(seq);
    },
    async taskOfKey(tenant, key, at) {
      const known = tables.keys.get(idempotencyKey(tenant, key));
      const task = known !== undefined && isKeyAlive(known, at) ? tables.tasks.get(known.taskSeq) : undefined;
      return known && task && { task, fingerprint: known.fingerprint };
    },
    async taskBySeq(seq) {
      return tables.tasks.get(seq);
    },
    async attempts(seq) {
      const latest = tables.tasks.get(seq)?.attempt ?? 0;
      return Array.from({ length: latest }, (_, i) => tables.attempts.get(attemptKey(seq, i + 1))).filter(
        (attempt) => attempt !== undefined,
      );
    },
    async tasks(query) {
      const newestFirst = tables.tasks.rows().reverse();
      return pageOf(
        newestFirst.filter((task) => matches(task, query.filter)),
        query,
      );
    },
    async statuses(seqs) {
      return seqs.map((seq) => tables.tasks.get(seq)?.status);
    },
    async childrenOf(parent, limit) {
      const children = tables.tasks.rows().filter(({ dependsOn }) => dependsOn?.parents.some(({ seq }) => seq === parent));
      return children.slice(0, limit);
    },
    async isAwaited(parent) {
      const isChild = ({ dependsOn }: Task) => dependsOn?.parents.some(({ seq }) => seq === parent) === true;
      return tables.tasks.rows().some((task) => task.completedAt === null && isChild(task));
    },
    counts: tables.counts,
    async eachWaiting(visit) {
      const entry = {} as TaskEntry;
      for (const task of tables.tasks.rows()) {
        if (task.status !== 'queued' && task.status !== 'delayed') continue;
        const waitsFor = task.status === 'delayed' && task.attempt === 0 ? task.dependsOn : null;
        visit(Object.assign(entry, entryOf(task)), task.dueAt, waitsFor);
      }
    },
    async recentRuns(limit) {
      const ended = tables.tasks.rows().filter((task) => task.completedAt !== null);
      return recentRunsOf(ended, tables.attempts.rows(), limit);
    },
    lastSeq: () => tables.scalars.lastSeq,
    async eachNewest(visit) {
      const newestFirst = tables.tasks.rows().reverse();
      for (const { seq, tenant, type, enqueuedAt } of newestFirst) if (!visit({ seq, tenant, type, enqueuedAt })) return;
    },
    async processing() {
      return tables.tasks
        .rows()
        .filter((task) => task.status === 'processing')
        .map((task) => ({ task, serverEpoch: tables.attempts.get(attemptKey(task.seq, task.attempt))?.serverEpoch ?? 0 }));
    },
  };
}

function pageOf(matching: readonly Task[], query: TaskQuery): TaskPage {
  const { before, after, limit, offset = 0 } = query;
  const reach = matching.filter((task) => (before === undefined || task.seq < before) && (after === undefined || task.seq > after));
  // Forward from a cursor means the oldest of the newer ones; the page is newest first all the same.
  const tasks = after === undefined ? reach.slice(offset, offset + limit) : reach.slice(-limit);
  const first = tasks[0] ?? null;
  const last = tasks.at(-1) ?? null;
  const isCapped = !countersKnow(query.filter) && matching.length > countLimit;
  const hasOlder = last === null ? olderThanNothing(matching, query) : matching.at(-1) !== last;
  return {
    tasks,
    total: isCapped ? countLimit : matching.length,
    totalIsCapped: isCapped,
    hasOlder,
    lookedDownTo: after === undefined && hasOlder && last !== null ? last.seq : (after ?? 0) + 1,
    hasNewer: first === null ? newerThanNothing(matching, query) : matching[0] !== first,
  };
}

/** An empty page still says on which side of its cursor the matching tasks are. */
function olderThanNothing(matching: readonly Task[], { after }: TaskQuery): boolean {
  return after !== undefined && matching.some((task) => task.seq <= after);
}

function newerThanNothing(matching: readonly Task[], { before, after, offset = 0 }: TaskQuery): boolean {
  if (after !== undefined) return false;
  return before === undefined
    ? offset > 0 && matching.length > 0
    : matching.some((task) => task.seq >= before) || (offset > 0 && matching.length > 0);
}

/** With any of its parts. */
function runsOn({ pool, placement }: Task, pools: readonly string[]): boolean {
  return placement === null ? pool !== null && pools.includes(pool) : placement.some((part) => pools.includes(part));
}

function matches(task: Task, filter: TaskFilter): boolean {
  return (
    (filter.tenant === undefined || task.tenant === filter.tenant) &&
    (filter.status === undefined || filter.status.includes(task.status)) &&
    (filter.type === undefined || filter.type.includes(task.type)) &&
    (filter.region === undefined || (task.region !== null && filter.region.includes(task.region))) &&
    (filter.pool === undefined || runsOn(task, filter.pool)) &&
    (filter.seq === undefined || task.seq === filter.seq) &&
    (filter.priorityGte === undefined || task.priority >= filter.priorityGte) &&
    (filter.priorityLte === undefined || task.priority <= filter.priorityLte) &&
    (filter.partsGte === undefined || task.parts >= filter.partsGte) &&
    (filter.partsLte === undefined || task.parts <= filter.partsLte) &&
    (filter.enqueuedAfter === undefined || task.enqueuedAt > filter.enqueuedAfter) &&
    (filter.enqueuedBefore === undefined || task.enqueuedAt < filter.enqueuedBefore)
  );
}
