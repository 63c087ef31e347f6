import type { LogEntry } from '../domain/events.ts';
import type { JsonObject } from '../domain/json.ts';
import type { Card, ComparedCard, Replay } from '../domain/replay.ts';

/** What the log says of replays. It is all that is kept of them: they are made up again from it at a start. */
export function startedDetails({ id, request, by, progress }: Replay): JsonObject {
  return { replay: id, by, tasks: progress.total, request: plain(request) };
}

export function endedDetails({ id, status, error, result }: Replay): JsonObject {
  return { replay: id, status, ...(error === null ? {} : { error }), ...(result === null ? {} : { result: plain(result) }) };
}

/** @param entries oldest first */
export function replaysOf(entries: readonly LogEntry[]): readonly Replay[] {
  const replays = new Map<string, Replay>();
  for (const { type, at, details } of entries) {
    const id = String(details['replay']);
    if (type === 'replay_started') {
      const total = Number(details['tasks']);
      const request = details['request'] as unknown as Replay['request']; // as `startedDetails` wrote it
      const base = { id, request, by: String(details['by']), startedAt: at, endedAt: null };
      replays.set(id, { ...base, status: 'running', progress: { done: 0, total }, result: null, error: null });
      continue;
    }
    const started = replays.get(id);
    if (started === undefined) continue; // its begin was removed by retention
    const status = details['status'] as Replay['status'];
    const result = (details['result'] ?? null) as unknown as Replay['result'];
    const progress = status === 'completed' ? { ...started.progress, done: started.progress.total } : started.progress;
    replays.set(id, { ...started, endedAt: at, status, result, progress, error: (details['error'] ?? null) as string | null });
  }
  return [...replays.values()];
}

/** On what grounds a strategy was activated: what the replay promised, to be compared with what came. */
export function receiptOf({ id, request, result }: Replay, card: ComparedCard): JsonObject {
  return plain({
    replay: id,
    from: new Date(request.from).toISOString(),
    to: new Date(request.to).toISOString(),
    fidelity: result?.fidelity?.score ?? null,
    promised: figuresOf(card),
    before: result?.asRun == null ? null : figuresOf(result.asRun),
  });
}

function figuresOf({ name, figures }: Card) {
  return { algorithm: name, mean_wait_ms: figures.wait.mean, p95_wait_ms: figures.wait.p95, cost: figures.cost };
}

/** Plain data is JSON already; its types do not say so. */
function plain(data: object): JsonObject {
  return data as unknown as JsonObject;
}
