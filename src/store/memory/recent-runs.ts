import type { Attempt } from '../../core/domain/attempt.ts';
import type { Task } from '../../core/domain/task.ts';
import type { RecentRun } from '../../core/ports/task-store.ts';

/** Attempts that ended by themselves, of the latest `limit` of tasks that all have ended; oldest end first. */
export function recentRunsOf(ended: readonly Task[], attempts: readonly Attempt[], limit: number): RecentRun[] {
  const byEnd = ended.toSorted((a, b) => (a.completedAt ?? 0) - (b.completedAt ?? 0) || a.seq - b.seq);
  const latest = new Map(byEnd.slice(-limit).map((task) => [task.seq, task]));
  return attempts
    .toSorted((a, b) => (a.endedAt ?? 0) - (b.endedAt ?? 0) || a.taskSeq - b.taskSeq || a.attempt - b.attempt)
    .flatMap(({ taskSeq, pool, startedAt, endedAt, outcome }) => {
      const task = latest.get(taskSeq);
      if (task === undefined || endedAt === null || outcome === null || outcome === 'cancelled' || outcome === 'released') return [];
      const { tenant, type, slots, cost, estimateMs, placement } = task;
      const parts = task.parts === 1 ? null : outcome === 'succeeded' ? (placement ?? []) : [];
      return [{ outcome, tenant, type, pool, runMs: endedAt - startedAt, slots, cost, statedMs: estimateMs, parts }];
    });
}
