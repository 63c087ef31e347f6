import type { LogEntry } from '../domain/events.ts';
import type { JsonObject } from '../domain/json.ts';
import { type Card, type ComparedCard, type Replay, replayStatuses } from '../domain/replay.ts';
import { isReplayRequest, isReplayResult } from '../domain/replay-shape.ts';
import { oneOf } from '../domain/shape.ts';

/** What the log says of replays. It is all that is kept of them: they are made up again from it at a start. */
export function startedDetails({ id, request, by, progress }: Replay): JsonObject {
  return { replay: id, by, tasks: progress.total, request: plain(request) };
}

export function endedDetails({ id, status, error, result, progress }: Replay): JsonObject {
  return {
    replay: id,
    status,
    tasks: progress.total,
    ...(error === null ? {} : { error }),
    ...(result === null ? {} : { result: plain(result) }),
  };
}

const unreadable = 'what the log has of it cannot be read by this version';
const isStatus = oneOf(replayStatuses);

/**
 * Rows may be of another version or changed by hand: what is not as it should be is not taken for it. A replay whose request cannot be read
 * is left out; one whose result cannot be read says so.
 * @param entries oldest first
 */
export function replaysOf(entries: readonly LogEntry[]): readonly Replay[] {
  const replays = new Map<string, Replay>();
  for (const { type, at, details } of entries) {
    const { replay: id, request, by, tasks: total } = details;
    if (typeof id !== 'string') continue;
    if (type === 'replay_started') {
      if (!isReplayRequest(request) || typeof by !== 'string' || (typeof total !== 'number' && total !== null)) continue;
      const base = { id, request, by, startedAt: at, endedAt: null };
      replays.set(id, { ...base, status: 'running', progress: { done: 0, total }, result: null, error: null });
      continue;
    }
    const started = replays.get(id);
    if (started !== undefined) replays.set(id, { ...started, endedAt: at, ...endOf(details, started) }); // its begin may have been removed by retention
  }
  return [...replays.values()];
}

function endOf({ status, result, error, tasks }: JsonObject, started: Replay): Pick<Replay, 'status' | 'result' | 'progress' | 'error'> {
  const total = typeof tasks === 'number' ? tasks : started.progress.total; // earlier versions knew it at the begin
  const progress = { ...started.progress, total };
  if (!isStatus(status) || status === 'running') return { status: 'failed', result: null, progress, error: unreadable };
  const reason = typeof error === 'string' ? error : null;
  if (status !== 'completed') return { status, result: null, progress, error: reason };
  if (!isReplayResult(result)) return { status: 'failed', result: null, progress, error: unreadable };
  return { status, result, progress: { ...progress, done: total ?? progress.done }, error: reason };
}

/** On what grounds a strategy was activated: what the replay promised, to be compared with what came. */
export function receiptOf({ id, request, result }: Replay, card: ComparedCard): JsonObject {
  return plain({
    replay: id,
    from: new Date(request.from).toISOString(),
    to: new Date(request.to).toISOString(),
    ...(request.source === undefined ? {} : { source: plain(request.source) }),
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
