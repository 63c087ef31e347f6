import type { LogEntry } from '../domain/events.ts';

/** What changed since last told, for readers that only want the newest: cheap to raise, read when wanted. */
export type Topic = 'stats' | 'pools';

export interface EventBus {
  /** Committed log rows, in order, once per COMMIT. */
  onEntries(listener: (entries: readonly LogEntry[]) => void): () => void;
  /** Raised at most once per turn when counters or pool loads changed. */
  onChange(listener: (topic: Topic) => void): () => void;
}
