import type { LogEntry } from './events.ts';
import type { JsonObject } from './json.ts';
import type { ComparedCard, ReplayRequest, ReplayResult } from './replay.ts';
import { isReplayRequest, isReplayResult } from './replay-shape.ts';

/**
 * What readers of the log are told: the details of an entry, of a replay a receipt. The row itself keeps all of the replay, which is how it
 * outlives a restart; whoever wants the pages asks for the replay.
 */
export function toldDetails({ type, details }: Pick<LogEntry, 'type' | 'details'>): JsonObject {
  if (type !== 'replay_started' && type !== 'replay_ended') return details;
  const { request, result, ...rest } = details;
  return {
    ...rest,
    ...(isReplayRequest(request) ? askedFor(request) : {}),
    ...(isReplayResult(result) ? cameOut(result) : {}),
  };
}

function askedFor({ from, to, strategies, pools, seed, source }: ReplayRequest): JsonObject {
  return {
    ...{ from: new Date(from).toISOString(), to: new Date(to).toISOString() },
    ...(source === undefined ? {} : { source: source.kind === 'trace' ? `trace ${source.name}` : `made tasks, ${source.pattern}` }),
    ...{ algorithms: strategies.map(({ name }) => name), pools: pools.map(({ name }) => name), seed },
  };
}

function cameOut({ fidelity, proof, cards }: ReplayResult): JsonObject {
  return { fidelity: fidelity?.score ?? null, proof: proof?.outcome ?? null, cards: cards.map(figuresOf) };
}

function figuresOf({ name, figures, neverStarted, differences }: ComparedCard): JsonObject {
  return {
    ...{ algorithm: name, mean_wait_ms: figures.wait.mean, p95_wait_ms: figures.wait.p95, cost: figures.cost, never_started: neverStarted },
    verdict: differences === null ? null : { mean_wait_ms: differences.meanWait.verdict, cost: differences.cost.verdict },
  };
}
