import type { Statement } from 'better-sqlite3';
import type { Seq } from '../../core/domain/units.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { TaskPage, TaskQuery } from '../../core/ports/task-store.ts';
import { countersKnow, countLimit } from '../list-rules.ts';
import type { Counters } from './counters.ts';
import type { Reader } from './reader.ts';
import type { Symbols } from './symbols.ts';
import { type CompiledFilter, compileFilter } from './task-filter.ts';
import { decodeTask, type TaskRow, taskColumns } from './task-row.ts';
import { type Range, scanWindows } from './window-scan.ts';

/** How long a page may look for rare matches, and how long it may count them. */
const maxScanMs = 1_000;
const maxCountMs = 200;
/** Statements kept: one per combination of filter fields, order and index. */
const maxStatements = 200;

const endless = Number.MAX_SAFE_INTEGER;

interface Found {
  /** In the order asked for. */
  readonly seqs: readonly Seq[];
  /** The time bound ended the search: there may be more. */
  readonly gaveUp: boolean;
  /** Of a search from the newest back that gave up: the lowest number it looked at. */
  readonly downTo: Seq;
}

/**
 * Pages of tasks, newest first. Numbers are found first and rows read after, so that passing rows over costs little. By key where every
 * task matches, by the status index, else window by window.
 */
export function createTaskList({ db, read }: Reader, symbols: Symbols, counters: Counters, clock: Clock) {
  const statements = new Map<string, Statement<unknown[]>>();
  const bySeq = db.prepare<[Seq], TaskRow>(`SELECT ${taskColumns} FROM task WHERE seq = ?`).raw();
  const newest = db.prepare<[], number | null>('SELECT max(seq) FROM task').pluck();
  const oldest = db.prepare<[], number | null>('SELECT min(seq) FROM task').pluck();

  return async function tasks(query: TaskQuery): Promise<TaskPage> {
    const { limit, before, after, offset = 0 } = query;
    const filter = compileFilter(query.filter, symbols);
    const range = { from: after === undefined ? 1 : after + 1, to: before ?? endless };
    const forward = after !== undefined;
    const passOver = forward ? 0 : offset;

    const found = await find(filter, range, !forward, passOver + limit + 1);
    const seqs = found.seqs.slice(passOver, passOver + limit);
    const isFull = found.seqs.length > passOver + limit;
    const more = isFull || found.gaveUp;
    const passed = passOver > 0 && found.seqs.length > 0;
    const behind = async (rest: Range) => (await find(filter, rest, forward, 1)).seqs.length > 0;
    return {
      ...(await total(query, filter)),
      hasOlder: forward ? await behind({ from: 1, to: range.from }) : more,
      lookedDownTo: !forward && isFull ? (seqs.at(-1) ?? range.to) : found.downTo,
      hasNewer: forward ? more : passed || (before !== undefined && (await behind({ from: before, to: endless }))),
      tasks: rowsOf(forward ? seqs.toReversed() : seqs).map((row) => decodeTask(row, symbols)),
    };
  };

  /** A task that was removed since its number was found is left out. */
  function rowsOf(seqs: readonly Seq[]): TaskRow[] {
    return read(() => seqs.map((seq) => bySeq.get(seq))).filter((row) => row !== undefined);
  }

  async function find(filter: CompiledFilter, range: Range, newestFirst: boolean, need: number): Promise<Found> {
    if (filter.isImpossible) return { seqs: [], gaveUp: false, downTo: range.from };
    const order = newestFirst ? 'DESC' : 'ASC';
    const query = (window: Range, limit: number): Seq[] => {
      const lists = perStatus(filter, (status) => all(`SELECT seq`, filter, status, window, `ORDER BY seq ${order} LIMIT ?`, limit));
      return lists.length === 1 ? (lists[0] ?? []) : merged(lists, newestFirst).slice(0, limit);
    };
    // The status index or the key alone finds what matches: `need` bounds the work.
    if (filter.conditions.length === 0) return { seqs: query(range, need), gaveUp: false, downTo: range.from };

    const seqs: Seq[] = [];
    let lowest = range.to;
    const look = (window: Range) => {
      lowest = window.from;
      for (const seq of query(window, need - seqs.length)) seqs.push(seq);
      return seqs.length >= need;
    };
    const finished = await scanWindows({ range: occupied(range), newestFirst, look, maxMs: maxScanMs }, clock);
    return { seqs, gaveUp: !finished, downTo: newestFirst && !finished ? lowest : range.from };
  }

  async function total(query: TaskQuery, filter: CompiledFilter): Promise<Pick<TaskPage, 'total' | 'totalIsCapped'>> {
    if (countersKnow(query.filter)) return { total: counters.totalOf(query.filter), totalIsCapped: false };
    if (filter.isImpossible) return { total: 0, totalIsCapped: false };
    let counted = 0;
    const look = (window: Range) => {
      const limit = countLimit + 1 - counted;
      for (const [count] of perStatus(filter, (status) =>
        all('SELECT count(*) FROM (SELECT 1', filter, status, window, 'LIMIT ?)', limit),
      )) {
        counted += count ?? 0;
      }
      return counted > countLimit;
    };
    const finished = await scanWindows({ range: occupied({ from: 1, to: endless }), newestFirst: true, look, maxMs: maxCountMs }, clock);
    return { total: Math.min(counted, countLimit), totalIsCapped: !finished || counted > countLimit };
  }

  /** One ordered read of the index per status, or one walk by key. */
  function perStatus<Result>({ statuses }: CompiledFilter, query: (status: number | undefined) => Result): Result[] {
    return statuses === undefined ? [query(undefined)] : statuses.map(query);
  }

  /** Runs `select ... FROM task WHERE ... tail`, whose single column is a number. */
  function all(select: string, filter: CompiledFilter, status: number | undefined, range: Range, tail: string, limit: number): number[] {
    const [table, ofStatus] = status === undefined ? ['task NOT INDEXED', []] : ['task', ['status = ?']];
    const where = ['seq >= ?', 'seq < ?', ...ofStatus, ...filter.conditions].join(' AND ');
    const sql = `${select} FROM ${table} WHERE ${where} ${tail}`;
    const values = [...(status === undefined ? [] : [status]), ...filter.values];
    return read(() => prepared(sql).all(range.from, range.to, ...values, limit)) as number[];
  }

  function prepared(sql: string): Statement<unknown[]> {
    const known = statements.get(sql);
    if (known !== undefined) return known;
    if (statements.size >= maxStatements) statements.clear();
    const statement = db.prepare<unknown[]>(sql).pluck();
    statements.set(sql, statement);
    return statement;
  }

  /** The part of a range where there are tasks at all. */
  function occupied(range: Range): Range {
    const [first, last] = read(() => [oldest.get() ?? 1, newest.get() ?? 0]);
    return { from: Math.max(range.from, first), to: Math.min(range.to, last + 1) };
  }
}

function merged(lists: readonly (readonly Seq[])[], newestFirst: boolean): Seq[] {
  return lists.flat().sort((a, b) => (newestFirst ? b - a : a - b));
}
