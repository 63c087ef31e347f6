import { isTaskEvent } from '../../core/domain/events.ts';
import { entryOf, type Task } from '../../core/domain/task.ts';
import type { History, RecordedTask, SystemRow } from '../../core/ports/history.ts';
import { neverCame } from '../parents.ts';
import { recordedAttempts } from '../recorded-attempts.ts';
import type { StoreImage } from './image.ts';
import { recentRunsOf } from './recent-runs.ts';

/** Looking back in what a memory store holds, or held when the image was taken. */
export function createMemoryHistory(image: StoreImage): History {
  const { tasks, attempts, log } = image;
  const inputs = new Map(image.inputs.map((row) => [row.seq, row.inputs]));

  function recorded(task: Task): RecordedTask {
    const { enqueuedAt, maxAttempts, status, completedAt, cancelRequestedAt, actualCost, dueAt } = task;
    const readyAt = status === 'delayed' && task.attempt === 0 ? (dueAt ?? task.readyAt) : task.readyAt;
    return {
      ...{ entry: { ...entryOf(task), attempt: 0, readyAt }, enqueuedAt, maxAttempts, status, completedAt, cancelRequestedAt, actualCost },
      attempts: recordedAttempts(
        attempts
          .filter(({ taskSeq }) => taskSeq === task.seq)
          .map((one) => ({ ...one, parts: one.attempt === task.attempt ? task.placement : null })),
        log.filter(({ taskSeq }) => taskSeq === task.seq),
      ),
    };
  }

  return {
    extent(from, to) {
      const inside = tasks.filter(({ enqueuedAt }) => enqueuedAt >= from && enqueuedAt < to);
      const [first, last] = [inside[0]?.seq, inside.at(-1)?.seq];
      if (first === undefined || last === undefined) return undefined;
      return { first, last, stored: inside.length, isCut: first > 1 && !tasks.some(({ seq }) => seq === first - 1) };
    },
    *tasks(first, last) {
      for (const task of tasks) if (task.seq >= first && task.seq <= last && !neverCame(task)) yield recorded(task);
    },
    *carriedOver(first, at) {
      for (const task of tasks)
        if (task.seq < first && (task.completedAt === null || task.completedAt >= at) && !neverCame(task)) yield recorded(task);
    },
    systemRows: () => log.flatMap(({ seq, at, type, details }): SystemRow[] => (isTaskEvent(type) ? [] : [{ seq, at, type, details }])),
    timeBefore: (seq) => log.find((entry) => entry.seq === seq - 1)?.at,
    pools: () => image.pools,
    types: () => image.types,
    tenants: () => image.tenants,
    epochs: () => image.epochs,
    runsBefore: (at, limit) =>
      recentRunsOf(
        tasks.filter(({ completedAt }) => completedAt !== null && completedAt < at),
        attempts,
        limit,
      ),
    idOf: (seq) => tasks.find((task) => task.seq === seq)?.id,
    task(seq) {
      const task = tasks.find((each) => each.seq === seq);
      return task === undefined || neverCame(task) ? undefined : recorded(task);
    },
    *decisions(after) {
      for (const { seq, at, type, taskSeq, details } of log) {
        if (seq <= after || (type !== 'scheduled' && type !== 'inputs_noted')) continue;
        const told = inputs.get(seq);
        yield { seq, at, taskSeq, details, ...(told === undefined ? {} : { inputs: told }) };
      }
    },
    runsUntil: (head, limit) =>
      recentRunsOf(
        tasks.filter(({ completedAt, version }) => completedAt !== null && version <= head),
        attempts,
        limit,
      ),
  };
}
