import { type EventType, isTaskEvent, type LogEntry, taskEvents } from '../domain/events.ts';
import { isTerminal } from '../domain/task-status.ts';
import type { Ms, Seq } from '../domain/units.ts';
import type { Clock } from '../ports/clock.ts';
import type { EventBus } from './event-bus.ts';

export interface Waiters {
  /** Settles when the task's end is committed, after `ms`, or when `signal` is raised. */
  end(seq: Seq, ms: Ms, signal?: AbortSignal): Promise<void>;
}

/** Requests that wait for a task to end. Holds no transaction and no slot; a client that leaves takes only its wait along. */
export function createWaiters(events: EventBus, clock: Clock): Waiters {
  const waiting = new Map<Seq, Set<() => void>>();

  events.onEntries((entries) => {
    if (waiting.size > 0) for (const entry of entries) tell(entry);
  });

  function tell(entry: LogEntry): void {
    if (entry.taskSeq === null || !endsTask(entry.type)) return;
    for (const wake of waiting.get(entry.taskSeq) ?? []) wake();
  }

  return {
    end(seq, ms, signal) {
      return new Promise((resolve) => {
        const wakers = waiting.get(seq) ?? new Set();
        waiting.set(seq, wakers);
        const done = () => {
          wakers.delete(done);
          if (wakers.size === 0) waiting.delete(seq);
          disarm();
          signal?.removeEventListener('abort', done);
          resolve();
        };
        wakers.add(done);
        const disarm = clock.after(ms, done);
        signal?.addEventListener('abort', done);
        if (signal?.aborted === true) done();
      });
    },
  };
}

function endsTask(type: EventType): boolean {
  if (!isTaskEvent(type)) return false;
  const status = taskEvents[type];
  return status !== null && isTerminal(status);
}
