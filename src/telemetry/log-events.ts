import type { EventType } from '../core/domain/events.ts';
import { toldDetails } from '../core/domain/replay-receipt.ts';
import type { EventBus } from '../core/engine/event-bus.ts';
import type { Logger } from '../core/ports/logger.ts';

/** Written for programs, and often: plans, of which there may be two a second, and what the decision core was told. */
const silent: ReadonlySet<EventType> = new Set(['planned', 'inputs_noted']);
/** What somebody should look at. */
const alarming: ReadonlySet<EventType> = new Set(['wait_bound_passed', 'pool_cooled']);

/**
 * What happened to the whole, as lines of the operator's log: switches, pools, types, simulations. What happens to a task is in the task log.
 */
export function logSystemEvents(events: EventBus, logger: Logger): () => void {
  return events.onEntries((entries) => {
    for (const { taskSeq, type, details, seq } of entries) {
      if (taskSeq !== null || silent.has(type)) continue;
      logger[alarming.has(type) ? 'warn' : 'info']({ ...toldDetails({ type, details }), seq }, type.replaceAll('_', ' '));
    }
  });
}
