// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
import {
  type Compared,
  type ComparedTerm,
  type DecisionRecord,
  mostTerms,
  type PartsPlace,
  type RoomKind,
  rounded,
} from '../domain/decision.ts';
import type { Ms } from '../domain/units.ts';
import type { TaskView } from '../strategies/strategy.ts';
import type { PickRecord } from './picks/pick-record.ts';
import type { Placement } from './placement.ts';
import type { PoolSlot } from './pool-slot.ts';

/** What the search that ended with `pool` found, copied out of what the next search uses again. In the hot path: plain objects, no spreads. */
export function recordOf(
  { openRings, order, within, parts, partTotals }: Placement,
  found: PoolSlot,
  room: RoomKind,
  task: TaskView,
  nowMs: Ms,
): DecisionRecord {
  const pool = parts.at(-1) ?? found; // the last part of a gang had the least choice, and its pick is the one that is still known
  const set = within!; // it found a pool
  const picked = order !== undefined && order.picked.pool === pool ? order.picked : undefined; // a plan may have named the pool
  return {
    compared: picked === undefined ? undefined : comparedIn(picked),
    parts: parts.length === 0 ? undefined : placesOf(parts, partTotals),
    ring: set.filter.regions === undefined ? 'any' : 'home',
    isSpilled: openRings > 1,
    room,
    isDeadlineAtRisk: nowMs + task.estimateMs / slowestOf(found, parts) > task.deadline,
    considered: set.pools.length,
    full: picked === undefined ? 0 : picked.full,
    out: set.out,
  };
}

function comparedIn(picked: PickRecord): Compared {
  const { rule, runnerUp, measure } = picked;
  return {
    by: measure.name,
    unit: measure.unit,
    wins: measure.wins,
    total: rounded(picked.total),
    terms: rule.terms === undefined ? noTerms : termsOf(picked),
    runnerUp: runnerUp === undefined ? undefined : { pool: runnerUp.name, total: rounded(picked.runnerUpTotal) },
    pools: picked.compared,
    isPartial: picked.isPartial,
  };
}

/** Of a gang, pool by pool in the order in which they were picked: how many parts, and what the first of them was picked by. */
function placesOf(parts: readonly PoolSlot[], totals: readonly number[]): readonly PartsPlace[] {
  const places = new Map<PoolSlot, { readonly pool: string; parts: number; readonly total: number | null }>();
  for (const [i, pool] of parts.entries()) {
    const known = places.get(pool);
    if (known === undefined) places.set(pool, { pool: pool.name, parts: 1, total: rounded(totals[i]!) });
    else known.parts++;
  }
  return [...places.values()];
}

/** A task of several parts ends with its slowest. */
function slowestOf(found: PoolSlot, parts: readonly PoolSlot[]): number {
  let speed = found.speed;
  for (const pool of parts) speed = Math.min(speed, pool.speed);
  return speed;
}

const noTerms: readonly ComparedTerm[] = [];

function termsOf({ rule: { terms = [] }, values, runnerUp, runnerUpValues }: PickRecord): readonly ComparedTerm[] {
  const told: ComparedTerm[] = [];
  for (let i = 0; i < terms.length && i < mostTerms; i++) {
    const { name, unit, weight } = terms[i]!;
    const other = runnerUp === undefined ? null : rounded(runnerUpValues[i]!);
    told.push({ name, unit, weight, value: rounded(values[i]!), other });
  }
  return told;
}
