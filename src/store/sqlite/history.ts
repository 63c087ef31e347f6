import type { Database } from 'better-sqlite3';
import { asc } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/better-sqlite3';
import { type EventType, isTaskEvent } from '../../core/domain/events.ts';
import type { EpochMs, Seq } from '../../core/domain/units.ts';
import type { DecisionRow, History, RecordedAttempt, RecordedTask, SystemRow } from '../../core/ports/history.ts';
import { neverCame } from '../parents.ts';
import { type AttemptOfTask, recordedAttempts } from '../recorded-attempts.ts';
import { poolOf, typeOf } from './catalogue.ts';
import { eventCodes, eventName, outcomeName, statusCodes, statusName } from './codes.ts';
import { openReader } from './connection.ts';
import { decodeDetails, decodeWithInputs } from './details-codec.ts';
import { decodeRun, type RunRow, recentRunsSql } from './recent-runs.ts';
import * as tables from './schema.ts';
import { createSymbols, type Symbols } from './symbols.ts';
import { decodePlacement, decodeRare } from './task-row.ts';
import { tenantOf } from './tenants.ts';
import { uuidText } from './uuid-bytes.ts';

type Row = readonly [
  seq: number,
  tenant: number,
  type: number,
  priority: number,
  cost: number,
  region: number | null,
  slots: number,
  timeoutMs: number,
  maxAttempts: number,
  rare: string | null,
  enqueuedAt: number,
  readyAt: number | null,
  dueAt: number | null,
  status: number,
  attempt: number,
  completedAt: number | null,
  cancelRequestedAt: number | null,
  actualCost: number | null,
  version: number,
  placement: string | null,
];
const columns = `seq, tenant, type, priority, cost, region, slots, timeout_ms, max_attempts, rare, enqueued_at, ready_at, due_at, status, attempt,
  completed_at, cancel_requested_at, actual_cost, version, placement`;

type AttemptRow = readonly [taskSeq: number, pool: number, startedAt: number, endedAt: number | null, outcome: number | null];
type DecidedRow = readonly [seq: number, at: number, type: number, taskSeq: number | null, details: string | null];
type LogRow = readonly [at: number, type: number, prev: number | null];

/** Each page is a read of its own: the server checkpoints in between. */
const rowsPerPage = 2_000;

/** Looking back in the database of a server that may be running, over a connection that can only read. */
export function openHistory(file: string): History & { close(): void } {
  const db = openReader(file);
  return { ...createHistory(db, createSymbols(db)), close: () => db.close() };
}

function createHistory(db: Database, symbols: Symbols): History {
  const reads = drizzle(db);
  const boundary = (where: string) =>
    db.prepare<[number], [number, number]>(`SELECT seq, enqueued_at FROM task WHERE ${where} LIMIT 1`).raw();
  const [atOrAfter, atOrBefore] = [boundary('seq >= ? ORDER BY seq'), boundary('seq <= ? ORDER BY seq DESC')];
  const stored = db.prepare<[number, number], number>('SELECT count(*) FROM task WHERE seq BETWEEN ? AND ?').pluck();
  const page = db
    .prepare<[number, number, number], Row>(`SELECT ${columns} FROM task WHERE seq BETWEEN ? AND ? ORDER BY seq LIMIT ?`)
    .raw();
  const bySeq = db.prepare<[number], Row>(`SELECT ${columns} FROM task WHERE seq = ?`).raw();
  const open = db
    .prepare<[number, number, number], number>(
      `SELECT seq FROM task WHERE completed_at >= ? AND seq < ?
       UNION ALL SELECT seq FROM task WHERE status IN (${statusCodes.delayed}, ${statusCodes.queued}, ${statusCodes.processing}) AND seq < ?
       ORDER BY seq`,
    )
    .pluck();
  const attemptsOf = db
    .prepare<[number, number], AttemptRow>(
      'SELECT task_seq, pool, started_at, ended_at, outcome FROM attempt WHERE task_seq BETWEEN ? AND ? ORDER BY task_seq, attempt',
    )
    .raw();
  const logRow = db.prepare<[number], LogRow>('SELECT at, type, prev FROM log WHERE seq = ?').raw();
  const system = db
    .prepare<[], [number, number, number, string | null]>('SELECT seq, at, type, details FROM log WHERE task_seq IS NULL ORDER BY seq')
    .raw();
  const runs = db.prepare<[number, number], RunRow>(recentRunsSql('completed_at < ?')).raw();
  const runsUntil = db.prepare<[number, number], RunRow>(recentRunsSql('completed_at IS NOT NULL AND version <= ?')).raw();
  const id = db.prepare<[number], Buffer>('SELECT id FROM task WHERE seq = ?').pluck();
  const decided = db
    .prepare<[number, number], DecidedRow>(
      `SELECT seq, at, type, task_seq, details FROM log WHERE seq > ? AND type IN (${eventCodes.scheduled}, ${eventCodes.inputs_noted}) ORDER BY seq LIMIT ?`,
    )
    .raw();

  /** The least number whose task came at `at` or later: they are accepted in the order of their numbers. */
  function firstFrom(at: EpochMs): Seq {
    let [low, high] = [1, (atOrBefore.get(Number.MAX_SAFE_INTEGER)?.[0] ?? 0) + 1];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const row = atOrAfter.get(middle);
      if (row === undefined || row[1] >= at) high = middle;
      else low = row[0] + 1;
    }
    return low;
  }

  /** @param attempts among which its own are those from `first` on and before `end`. @returns `undefined`: it never came as far as scheduling. */
  function decode(row: Row, attempts: readonly AttemptRow[], first: number, end: number): RecordedTask | undefined {
    const rare = decodeRare(row[9]);
    const [enqueuedAt, status, attempt] = [row[10], statusName(row[13]), row[14]];
    if (neverCame({ dependsOn: rare.dependsOn ?? null, status, attempt })) return undefined;
    const readyAt = row[11] ?? enqueuedAt;
    return {
      entry: {
        seq: row[0],
        tenant: symbols.nameOf(row[1]),
        type: symbols.nameOf(row[2]),
        priority: row[3],
        cost: row[4],
        region: symbols.optionalNameOf(row[5]),
        regions: rare.regions ?? null,
        regionMode: rare.regionMode ?? 'prefer',
        resourceType: rare.resourceType ?? null,
        constraints: rare.constraints ?? null,
        slots: row[6],
        parts: rare.parts ?? 1,
        estimateMs: rare.estimateMs ?? null,
        deadline: rare.deadline ?? null,
        maxCost: rare.maxCost ?? null,
        timeoutMs: row[7],
        readyAt: status === 'delayed' && attempt === 0 ? (row[12] ?? readyAt) : readyAt,
        attempt: 0,
      },
      enqueuedAt,
      maxAttempts: row[8],
      status,
      completedAt: row[15],
      cancelRequestedAt: row[16],
      actualCost: row[17],
      attempts: attemptsIn(row, attempts, first, end),
    };
  }

  function attemptsIn(row: Row, attempts: readonly AttemptRow[], first: number, end: number): readonly RecordedAttempt[] {
    const own: AttemptOfTask[] = [];
    for (let i = first; i < end; i++) {
      const [, pool, startedAt, endedAt, outcome] = attempts[i] as AttemptRow; // within bounds
      const parts = i === end - 1 ? decodePlacement(row[19], symbols) : null;
      own.push({ pool: symbols.nameOf(pool), parts, startedAt, endedAt, outcome: outcome === null ? null : outcomeName(outcome) });
    }
    return recordedAttempts(own, own.length > 1 ? logOf(row[18]) : []);
  }

  /** The rows of a task, from its latest backwards: each names the one before it. */
  function logOf(version: number) {
    const rows = [];
    for (let seq: number | null = version; seq !== null; ) {
      const row = logRow.get(seq);
      if (row === undefined) break; // pruned
      rows.push({ at: row[0], type: eventName(row[1]) });
      seq = row[2];
    }
    return rows.reverse();
  }

  function* tasks(first: Seq, last: Seq): Iterable<RecordedTask> {
    for (let from = first; from <= last; ) {
      const rows = page.all(from, last, rowsPerPage);
      const [begin, end] = [rows[0]?.[0], rows.at(-1)?.[0]];
      if (begin === undefined || end === undefined) return;
      const attempts = attemptsOf.all(begin, end);
      let next = 0;
      for (const row of rows) {
        while ((attempts[next]?.[0] ?? end + 1) < row[0]) next++;
        const first = next;
        while (attempts[next]?.[0] === row[0]) next++;
        const recorded = decode(row, attempts, first, next);
        if (recorded !== undefined) yield recorded;
      }
      from = end + 1;
    }
  }

  function* decisions(after: number): Iterable<DecisionRow> {
    for (let last = after; ; ) {
      const rows = decided.all(last, rowsPerPage);
      for (const [seq, at, type, taskSeq, details] of rows) yield { seq, at, taskSeq, ...toldIn(eventName(type), details) };
      const end = rows.at(-1);
      if (end === undefined || rows.length < rowsPerPage) return;
      last = end[0];
    }
  }

  /** A row that cannot be read says so, as those behind it may still be of use. */
  function toldIn(type: EventType, details: string | null): Pick<DecisionRow, 'details' | 'inputs' | 'isDamaged'> {
    try {
      return decodeWithInputs(type, details, symbols);
    } catch {
      return { details: {}, isDamaged: true };
    }
  }

  function task(seq: Seq): RecordedTask | undefined {
    const row = bySeq.get(seq);
    if (row === undefined) return undefined;
    const attempts = attemptsOf.all(seq, seq);
    return decode(row, attempts, 0, attempts.length);
  }

  return {
    extent(from, to) {
      const [first, last] = [atOrAfter.get(firstFrom(from))?.[0], atOrBefore.get(firstFrom(to) - 1)?.[0]];
      if (first === undefined || last === undefined || first > last) return undefined;
      return { first, last, stored: stored.get(first, last) ?? 0, isCut: first > 1 && bySeq.get(first - 1) === undefined };
    },
    tasks,
    *carriedOver(first, at) {
      for (const seq of open.all(at, first, first)) {
        const recorded = task(seq);
        if (recorded !== undefined) yield recorded;
      }
    },
    systemRows: () =>
      system.all().flatMap(([seq, at, code, details]): SystemRow[] => {
        const type = eventName(code);
        return isTaskEvent(type) ? [] : [{ seq, at, type, details: decodeDetails(type, details, symbols) }];
      }),
    timeBefore: (seq) => logRow.get(seq - 1)?.[0],
    pools: () => reads.select().from(tables.pool).orderBy(asc(tables.pool.id)).all().map(poolOf),
    types: () => reads.select().from(tables.taskType).orderBy(asc(tables.taskType.name)).all().map(typeOf),
    tenants: () => reads.select().from(tables.tenant).orderBy(asc(tables.tenant.name)).all().map(tenantOf),
    epochs: () => reads.select().from(tables.strategyEpoch).orderBy(asc(tables.strategyEpoch.epoch)).all(),
    runsBefore: (at, limit) => runs.all(at, limit).map((row) => decodeRun(row, symbols)),
    idOf(seq) {
      const bytes = id.get(seq);
      return bytes && uuidText(bytes);
    },
    task,
    decisions,
    runsUntil: (head, limit) => runsUntil.all(head, limit).map((row) => decodeRun(row, symbols)),
  };
}
