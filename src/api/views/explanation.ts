import { recordIn } from '../../core/domain/decision.ts';
import { duration, expectedTime } from '../../core/domain/duration.ts';
import type { LogEntry } from '../../core/domain/events.ts';
import type { Json } from '../../core/domain/json.ts';
import type { Task } from '../../core/domain/task.ts';
import type { EpochMs, Ms } from '../../core/domain/units.ts';
import type { Explanation } from '../../core/engine/engine.ts';
import type { Forecast } from '../../core/scheduling/forecast.ts';
import type { Hold, PoolCounts } from '../../core/scheduling/reasons.ts';
import type { ExplanationBody } from '../schemas/explanation.ts';
import { isoTime, isoTimeOrNull } from '../time.ts';
import { passedView } from './max-wait.ts';
import { partsText } from './parts-text.ts';
import { holdView } from './task.ts';
import { poolFitView, unblockView } from './unblock.ts';
import { whyText, whyView } from './why.ts';

const mostHolders = 20;

/** @param offset where the page of pools begins that was asked for */
export function explanationView(explanation: Explanation, seq: number, now: EpochMs, offset = 0): ExplanationBody {
  const { task, holds, waiting, kept, decision, strategy, unblock, fits } = explanation;
  const next = offset + (fits?.pools.length ?? 0);
  return {
    task_id: task.id,
    status: task.status,
    as_of: isoTime(now),
    seq,
    strategy: strategy.name,
    epoch: strategy.epoch,
    summary: `${summaryOf(task, holds, waiting?.forecast, now)}${choiceOf(task, decision)}`,
    holds: holds.map(holdView),
    forecast: waiting?.forecast === undefined ? null : forecastView(waiting.forecast),
    counts: waiting === undefined ? null : countsView(waiting.counts),
    holders: waiting?.holders.slice(0, mostHolders).map((holder) => ({ ...holder })) ?? [],
    kept:
      kept === undefined
        ? null
        : { pool: kept.pool, task_id: kept.id ?? null, task_seq: kept.seq, starts_by: isoTimeOrNull(kept.startsBy ?? null) },
    max_wait: waiting === undefined ? null : passedView(waiting.passed, now),
    decision: decision === undefined ? null : decisionView(decision),
    unblock: unblock.map(unblockView),
    pools: fits?.pools.map(poolFitView) ?? [],
    next_cursor: fits !== undefined && next < fits.total ? String(next) : null,
  };
}

export function countsView({ total, mayRun, full, out }: PoolCounts) {
  return { pools: total, may_run: mayRun, full, out };
}

export function forecastView({ startMs, basis }: Forecast) {
  return { start_ms: [...startMs], when: expectedTime(startMs), basis };
}

function decisionView({ at, details }: LogEntry) {
  const { attempt, worker_pool: pool, parts, algorithm, epoch } = details as Readonly<Record<string, Json | undefined>>;
  const record = recordIn(details);
  return {
    at: isoTime(at),
    attempt: typeof attempt === 'number' ? attempt : null,
    pool: typeof pool === 'string' ? pool : null,
    placements: Array.isArray(parts) ? parts.map(String) : null,
    algorithm: typeof algorithm === 'string' ? algorithm : null,
    epoch: typeof epoch === 'number' ? epoch : null,
    why: record === undefined ? null : whyView(record),
    details,
  };
}

/** Why it was that pool, of one that runs or ran. */
function choiceOf({ status }: Task, decision: LogEntry | undefined): string {
  const record = decision === undefined || status === 'queued' || status === 'delayed' ? undefined : recordIn(decision.details);
  const text = record === undefined ? '' : whyText(record);
  return text === '' ? '' : ` ${text}`;
}

function placesOf({ pool, placement }: Task): string {
  return placement === null ? `${pool}` : partsText(placement);
}

function summaryOf(task: Task, holds: readonly Hold[], forecast: Forecast | undefined, now: EpochMs): string {
  const placed = `${placesOf(task)}, chosen by ${task.algorithmUsed}`;
  switch (task.status) {
    case 'delayed':
    case 'queued':
      return `Waiting${spanOf(' ', now - task.readyAt)}: ${holds[0]?.summary ?? 'it is about to start.'}${expectedIn(forecast, holds)}`;
    case 'processing':
      if (task.cancelRequestedAt !== null) return `Being stopped on ${placesOf(task)}${spanOf(', for ', now - task.cancelRequestedAt)}.`;
      return `Running on ${placed}${spanOf(', for ', now - (task.startedAt ?? now))}.`;
    case 'completed':
      return `Completed on ${placed}.`;
    case 'failed':
      return `Failed${task.pool === null ? '' : ` on ${placed}`}: ${task.error?.message ?? 'no reason was given'}`;
    case 'cancelled':
      return task.pool === null ? 'Cancelled before it started.' : `Cancelled; its latest attempt was on ${placed}.`;
  }
}

/** When it is likely to start, or that nobody knows yet; '' where its reason says when, or who has to act first. */
export function expectedIn(forecast: Forecast | undefined, holds: readonly Hold[]): string {
  if (forecast === undefined) return isAboutRoomAlone(holds) ? ` When it starts is unknown yet: ${nothingSeen}.` : '';
  const [least, most] = forecast.startMs;
  return least === most ? '' : ` It is expected to start ${expectedTime([least, most])}.`;
}

const nothingSeen = 'no slot has come free lately on a pool that it may use';

function isAboutRoomAlone(holds: readonly Hold[]): boolean {
  return holds.length > 0 && holds.every(({ clearedBy }) => clearedBy === 'capacity');
}

/** For how long it has been so; nothing of what has just begun, or is yet to. */
function spanOf(before: string, ms: Ms): string {
  return ms < 1 ? '' : `${before}${duration(ms)}`;
}
