import type { JsonObject } from '../../core/domain/json.ts';
import type { Operation } from '../../core/domain/operation.ts';
import type { TaskFilter } from '../../core/ports/task-store.ts';
import type { OperationBody } from '../schemas/operation.ts';
import { isoTime, isoTimeOrNull } from '../time.ts';

export function operationView(operation: Operation): OperationBody {
  const { id, action, status, done, skipped, refused, reason, by } = operation;
  return {
    ...{ id, action, status },
    filter: filterView(operation.filter as TaskFilter),
    ...{ matched: operation.matched, matched_is_capped: operation.matchedIsCapped },
    ...{ done, skipped, refused, reason, by },
    started_at: isoTime(operation.startTime),
    ended_at: isoTimeOrNull(operation.endTime),
  };
}

/** In the words of a request. */
function filterView(filter: TaskFilter): JsonObject {
  const { priorityGte, priorityLte, partsGte, partsLte, enqueuedAfter, enqueuedBefore, ...same } = filter;
  return {
    ...(same as JsonObject),
    ...(priorityGte === undefined ? {} : { priority_gte: priorityGte }),
    ...(priorityLte === undefined ? {} : { priority_lte: priorityLte }),
    ...(partsGte === undefined ? {} : { parts_gte: partsGte }),
    ...(partsLte === undefined ? {} : { parts_lte: partsLte }),
    ...(enqueuedAfter === undefined ? {} : { created_after: isoTime(enqueuedAfter) }),
    ...(enqueuedBefore === undefined ? {} : { created_before: isoTime(enqueuedBefore) }),
  };
}
