import type { Attempt } from '../../core/domain/attempt.ts';
import type { LogEntry } from '../../core/domain/events.ts';
import type { AttemptBody, LogRowBody } from '../schemas/log.ts';
import { isoTime, isoTimeOrNull } from '../time.ts';

export function logRowView(entry: LogEntry): LogRowBody {
  return {
    id: String(entry.seq),
    task_id: entry.taskId ?? 'system',
    timestamp: isoTime(entry.at),
    event_type: entry.type,
    details: entry.details,
  };
}

export function attemptView(attempt: Attempt): AttemptBody {
  return {
    attempt: attempt.attempt,
    pool: attempt.pool,
    node_id: attempt.nodeId,
    started_at: isoTime(attempt.startedAt),
    ended_at: isoTimeOrNull(attempt.endedAt),
    outcome: attempt.outcome,
  };
}
