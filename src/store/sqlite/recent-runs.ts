import type { RecentRun } from '../../core/ports/task-store.ts';
import { outcomeCodes, outcomeName } from './codes.ts';
import type { Symbols } from './symbols.ts';
import { decodePlacement, decodeRare } from './task-row.ts';

export type RunRow = readonly [
  outcome: number,
  tenant: number,
  type: number,
  pool: number,
  runMs: number,
  slots: number,
  cost: number,
  rare: string | null,
  placement: string | null,
];

/** Attempts that ended by themselves, of the latest tasks that have ended, oldest end first. @param where about `completed_at` @returns SQL whose last parameter is how many tasks */
export function recentRunsSql(where: string): string {
  return `SELECT outcome, tenant, type, attempt.pool, ended_at - attempt.started_at, slots, cost, rare, placement FROM (
      SELECT * FROM task WHERE ${where} ORDER BY completed_at DESC, seq DESC LIMIT ?
    ) AS ended JOIN attempt ON task_seq = ended.seq
    WHERE outcome NOT IN (${outcomeCodes.cancelled}, ${outcomeCodes.released})
    ORDER BY ended_at, task_seq, attempt.attempt`;
}

export function decodeRun([outcome, tenant, type, pool, runMs, slots, cost, text, placement]: RunRow, symbols: Symbols): RecentRun {
  const rare = decodeRare(text);
  const succeeded = outcomeName(outcome) === 'succeeded';
  return {
    outcome: outcomeName(outcome),
    tenant: symbols.nameOf(tenant),
    type: symbols.nameOf(type),
    pool: symbols.nameOf(pool),
    runMs,
    slots,
    cost,
    statedMs: rare.estimateMs ?? null,
    // Only of the latest attempt are they known, and none comes after one that succeeded.
    parts: rare.parts === undefined ? null : ((succeeded ? decodePlacement(placement, symbols) : null) ?? []),
  };
}
