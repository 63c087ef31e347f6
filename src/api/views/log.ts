import type { Attempt } from '../../core/domain/attempt.ts';
import type { LogEntry } from '../../core/domain/events.ts';
import type { JsonObject } from '../../core/domain/json.ts';
import { toldDetails } from '../../core/domain/replay-receipt.ts';
import { base } from '../deps.ts';
import type { AttemptBody, LogRowBody } from '../schemas/log.ts';
import { isoTime, isoTimeOrNull } from '../time.ts';

export function logRowView(entry: LogEntry): LogRowBody {
  return {
    id: String(entry.seq),
    task_id: entry.taskId ?? 'system',
    timestamp: isoTime(entry.at),
    event_type: entry.type,
    details: detailsView(entry),
  };
}

/** Of a replay a receipt, and where the rest is. */
export function detailsView(entry: Pick<LogEntry, 'type' | 'details'>): JsonObject {
  const told = toldDetails(entry);
  const { replay } = told;
  const isOfReplay = entry.type === 'replay_started' || entry.type === 'replay_ended';
  return isOfReplay && typeof replay === 'string' ? { ...told, url: `${base}/replays/${replay}` } : told;
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
