import type { LogEntry } from '../../core/domain/events.ts';
import type { Json } from '../../core/domain/json.ts';
import type { Task } from '../../core/domain/task.ts';
import type { EpochMs } from '../../core/domain/units.ts';
import type { Explanation } from '../../core/engine/engine.ts';
import type { Hold } from '../../core/scheduling/reasons.ts';
import type { ExplanationBody } from '../schemas/explanation.ts';
import { isoTime } from '../time.ts';
import { holdView } from './task.ts';

export function explanationView({ task, reason, decision, strategy }: Explanation, seq: number, now: EpochMs): ExplanationBody {
  return {
    task_id: task.id,
    status: task.status,
    as_of: isoTime(now),
    seq,
    strategy: strategy.name,
    epoch: strategy.epoch,
    summary: summaryOf(task, reason, now),
    holds: reason === undefined ? [] : [holdView(reason)],
    counts: reason?.pools === undefined ? null : countsView(reason.pools),
    decision: decision === undefined ? null : decisionView(decision),
  };
}

function countsView({ total, mayRun, full, out }: NonNullable<Hold['pools']>) {
  return { pools: total, may_run: mayRun, full, out };
}

function decisionView({ at, details }: LogEntry) {
  const { attempt, worker_pool: pool } = details as { readonly attempt?: Json; readonly worker_pool?: Json };
  return {
    at: isoTime(at),
    attempt: typeof attempt === 'number' ? attempt : null,
    pool: typeof pool === 'string' ? pool : null,
    details,
  };
}

function summaryOf(task: Task, reason: Hold | undefined, now: EpochMs): string {
  const placed = `${task.pool}, chosen by ${task.algorithmUsed}`;
  switch (task.status) {
    case 'delayed':
    case 'queued':
      return `Waiting ${seconds(now - task.readyAt)}: ${reason?.summary ?? 'it is about to be looked at.'}`;
    case 'processing':
      return `Running on ${placed}, for ${seconds(now - (task.startedAt ?? now))}.`;
    case 'completed':
      return `Completed on ${placed}.`;
    case 'failed':
      return `Failed${task.pool === null ? '' : ` on ${placed}`}: ${task.error?.message ?? 'no reason was given'}`;
    case 'cancelled':
      return task.pool === null ? 'Cancelled before it started.' : `Cancelled; its latest attempt was on ${placed}.`;
  }
}

function seconds(ms: number): string {
  return `${(Math.max(0, ms) / 1_000).toFixed(1)} s`;
}
