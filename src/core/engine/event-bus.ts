import type { LogEntry } from '../domain/events.ts';
import type { Clock } from '../ports/clock.ts';
import type { LogStore } from '../ports/log-store.ts';
import type { Logger } from '../ports/logger.ts';

/** What changed since last told, for readers that only want the newest: cheap to raise, read when wanted. */
export type Topic = 'stats' | 'pools' | 'replays';

export interface EventBus {
  /** Committed log rows, in order, once per COMMIT. */
  onEntries(listener: (entries: readonly LogEntry[]) => void): () => void;
  /** Raised at most once per turn when counters or pool loads changed, or a replay got on. */
  onChange(listener: (topic: Topic) => void): () => void;
}

export interface EventSource extends EventBus {
  changed(topic: Topic): void;
}

/** Tells listeners what was committed. A listener that throws is a bug of its own: it is logged, and the others still hear. */
export function createEventBus(deps: { readonly store: LogStore; readonly clock: Clock; readonly logger: Logger }): EventSource {
  const changeListeners = new Set<(topic: Topic) => void>();
  const due = new Set<Topic>();

  function tell(): void {
    const topics = [...due];
    due.clear();
    for (const topic of topics) for (const listener of changeListeners) guarded(deps.logger, () => listener(topic));
  }

  return {
    onEntries: (listener) => deps.store.onCommit((entries) => guarded(deps.logger, () => listener(entries))),
    onChange(listener) {
      changeListeners.add(listener);
      return () => changeListeners.delete(listener);
    },
    changed(topic) {
      if (changeListeners.size === 0) return;
      if (due.size === 0) deps.clock.soon(tell);
      due.add(topic);
    },
  };
}

function guarded(logger: Logger, call: () => void): void {
  try {
    call();
  } catch (error) {
    logger.error({ err: error }, 'an event listener failed');
  }
}
