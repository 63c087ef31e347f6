import type { Database } from 'better-sqlite3';
import { roundMoney } from '../../core/domain/cost.ts';
import { type TaskStatus, taskStatuses } from '../../core/domain/task-status.ts';
import type { EpochMs } from '../../core/domain/units.ts';
import type { TaskCounts, TaskFilter } from '../../core/ports/task-store.ts';
import { statusCodes, statusName } from './codes.ts';
import type { Symbols } from './symbols.ts';

/**
 * How many tasks there are per status, type and region, and totals of all time: kept in the transaction that changes them, mirrored in
 * memory. So no list, page or statistic ever counts rows.
 */
export interface Counters {
  add(status: number, type: number, region: number | null): void;
  move(from: number, to: number, type: number, region: number | null): void;
  remove(status: number, type: number, region: number | null): void;
  ended(status: TaskStatus, startedAt: EpochMs | null, at: EpochMs): void;
  cost(amount: number): void;
  /** Writes what changed. */
  seal(): void;
  commit(): void;
  rollback(): void;
  counts(): TaskCounts;
  /** Tasks that match status, type and region of `filter`; its other fields are not looked at. */
  totalOf(filter: TaskFilter): number;
}

type Totals = Omit<TaskCounts, 'byStatus'>;

/** Codes stay far below it: three of them make one number that is exact in a double. */
const base = 2 ** 23;

export function createCounters(db: Database, symbols: Symbols): Counters {
  const write = db.prepare<[number, number, number, number]>(
    'INSERT INTO counter (status, type, region, count) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET count = excluded.count',
  );
  const writeTotals = db.prepare<Totals>(
    `UPDATE total SET completed_ever = :completedEver, failed_ever = :failedEver, cancelled_ever = :cancelledEver,
       completed_run_ms = :completedRunMs, cost_ever = :costEver`,
  );
  const counts = new Map<number, number>();
  const byStatus: number[] = taskStatuses.map(() => 0);
  const deltas = new Map<number, number>();

  for (const [status, type, region, count] of db.prepare('SELECT status, type, region, count FROM counter').raw().all() as number[][]) {
    if (status === undefined || type === undefined || region === undefined || count === undefined) continue;
    counts.set(keyOf(status, type, region), count);
    byStatus[status] = (byStatus[status] ?? 0) + count;
  }
  let committed = db
    .prepare<[], Totals>(
      `SELECT completed_ever AS completedEver, failed_ever AS failedEver, cancelled_ever AS cancelledEver,
         completed_run_ms AS completedRunMs, cost_ever AS costEver FROM total`,
    )
    .get() as Totals;
  let totals = { ...committed };
  let totalsChanged = false;
  /** The answer of `counts`, made once a commit: every submit asks. */
  let known: TaskCounts | undefined;

  function change(status: number, type: number, region: number | null, by: number): void {
    const key = keyOf(status, type, region ?? 0);
    deltas.set(key, (deltas.get(key) ?? 0) + by);
  }

  return {
    add: (status, type, region) => change(status, type, region, 1),
    remove: (status, type, region) => change(status, type, region, -1),
    move(from, to, type, region) {
      change(from, type, region, -1);
      change(to, type, region, 1);
    },
    ended(status, startedAt, at) {
      totalsChanged = true;
      if (status === 'failed') totals.failedEver++;
      else if (status === 'cancelled') totals.cancelledEver++;
      else {
        totals.completedEver++;
        totals.completedRunMs += at - (startedAt ?? at);
      }
    },
    cost(amount) {
      totalsChanged = true;
      totals.costEver = roundMoney(totals.costEver + amount);
    },

    seal() {
      for (const [key, delta] of deltas) {
        if (delta === 0) continue;
        const [status, type, region] = partsOf(key);
        write.run(status, type, region, (counts.get(key) ?? 0) + delta);
      }
      if (totalsChanged) writeTotals.run(totals);
    },
    commit() {
      known = undefined;
      for (const [key, delta] of deltas) {
        counts.set(key, (counts.get(key) ?? 0) + delta);
        const [status] = partsOf(key);
        byStatus[status] = (byStatus[status] ?? 0) + delta;
      }
      deltas.clear();
      if (totalsChanged) committed = { ...totals };
      totalsChanged = false;
    },
    rollback() {
      deltas.clear();
      totals = { ...committed };
      totalsChanged = false;
    },

    counts() {
      if (known === undefined) {
        const named = {} as Record<TaskStatus, number>;
        for (const status of taskStatuses) named[status] = byStatus[statusCodes[status]] ?? 0;
        known = { byStatus: named, ...committed };
      }
      return known;
    },
    totalOf({ status, type, region }) {
      const types = type?.map((name) => symbols.find(name));
      const regions = region?.map((name) => symbols.find(name));
      let total = 0;
      for (const [key, count] of counts) {
        const [statusCode, typeCode, regionCode] = partsOf(key);
        if (status !== undefined && !status.includes(statusName(statusCode))) continue;
        if (types !== undefined && !types.includes(typeCode)) continue;
        if (regions !== undefined && !regions.includes(regionCode)) continue;
        total += count;
      }
      return total;
    },
  };
}

function keyOf(status: number, type: number, region: number): number {
  return (status * base + type) * base + region;
}

function partsOf(key: number): [status: number, type: number, region: number] {
  const rest = Math.floor(key / base);
  return [Math.floor(rest / base), rest % base, key % base];
}
