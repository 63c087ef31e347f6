import type { LogEntry } from '../core/domain/events.ts';
import type { EventBus } from '../core/engine/event-bus.ts';
import type { Logger } from '../core/ports/logger.ts';

/**
 * What happened to the whole, as lines of the operator's log: switches, pools, types, simulations. What happens to a task is in the task log,
 * and so are plans, of which there may be two a second.
 */
export function logSystemEvents(events: EventBus, logger: Logger): () => void {
  return events.onEntries((entries) => {
    for (const entry of entries)
      if (entry.taskSeq === null && entry.type !== 'planned') logger.info({ ...entry.details, seq: entry.seq }, sentenceOf(entry));
  });
}

function sentenceOf({ type }: LogEntry): string {
  return type.replaceAll('_', ' ');
}
