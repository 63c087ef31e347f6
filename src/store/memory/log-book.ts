import { createHash } from 'node:crypto';
import type { EventType, LogEntry } from '../../core/domain/events.ts';
import type { JsonObject } from '../../core/domain/json.ts';
import type { Task } from '../../core/domain/task.ts';
import type { EpochMs } from '../../core/domain/units.ts';
import type { LogPage, LogQuery, LogStore } from '../../core/ports/log-store.ts';
import type { LogLink } from './image.ts';
import type { Tables } from './tables.ts';

/** Totals of filtered pages are counted up to here. */
const countLimit = 10_000;

/** The log of the memory store: rows of the open group, and the chain over committed ones. */
export interface LogBook extends Omit<LogStore, 'onCommit' | 'logNode' | 'pruneLog'> {
  /** Number the next row will get: the version of the task it is about. */
  nextSeq(): number;
  add(at: EpochMs, type: EventType, task: Pick<Task, 'seq' | 'id'> | null, details: JsonObject): void;
  prune(limit: number, before: EpochMs): number;
  /** Closes the group: links its rows into the chain. @returns them. */
  seal(): readonly LogEntry[];
  forget(): void;
}

export function createLogBook(tables: Tables): LogBook {
  let group: LogEntry[] = [];

  function page(rows: readonly LogEntry[], query: LogQuery, totalIsExact: boolean): LogPage {
    const from = rows.filter((entry) => query.before === undefined || entry.seq < query.before).slice(query.offset ?? 0);
    const totalIsCapped = !totalIsExact && rows.length > countLimit;
    return {
      entries: from.slice(0, query.limit),
      total: totalIsCapped ? countLimit : rows.length,
      totalIsCapped,
      hasOlder: from.length > query.limit,
    };
  }

  return {
    nextSeq: () => tables.scalars.logHead + 1,
    add(at, type, task, details) {
      const entry = { seq: tables.scalars.logHead + 1, at, type, taskSeq: task?.seq ?? null, taskId: task?.id ?? null, details };
      tables.log.set(entry.seq, entry);
      tables.change({ logHead: entry.seq });
      group.push(entry);
    },
    seal() {
      const sealed = group;
      group = [];
      const first = sealed[0];
      const last = sealed.at(-1);
      if (first === undefined || last === undefined) return sealed;
      const previous = tables.links.get(first.seq - 1)?.hash ?? '';
      tables.links.set(last.seq, { lastSeq: last.seq, hash: hashOf(previous, sealed) });
      return sealed;
    },
    forget() {
      group = [];
    },

    async logAfter(after, limit) {
      const entries: LogEntry[] = [];
      for (let seq = Math.max(after + 1, tables.scalars.logFloor); seq <= tables.scalars.logHead && entries.length < limit; seq++) {
        entries.push(rowAt(tables, seq));
      }
      return entries;
    },
    async log(query) {
      const { taskSeq, system, types } = query;
      const rows = tables.log.rows().reverse();
      const matching = rows.filter(
        (entry) =>
          (taskSeq === undefined || entry.taskSeq === taskSeq) &&
          (system !== true || entry.taskSeq === null) &&
          (types === undefined || types.includes(entry.type)),
      );
      return page(matching, query, types === undefined || taskSeq !== undefined || system === true);
    },
    async taskLog(seq, limit) {
      return tables.log
        .rows()
        .filter((entry) => entry.taskSeq === seq)
        .slice(0, limit);
    },
    logBounds: () => ({ floor: tables.scalars.logFloor, head: tables.scalars.logHead }),
    prune(limit, before) {
      const { logFloor, logHead } = tables.scalars;
      let floor = logFloor;
      while (floor < logHead && floor - logFloor < limit && rowAt(tables, floor).at < before) {
        tables.inputs.delete(floor);
        tables.log.delete(floor++);
      }
      if (floor === logFloor) return 0;
      tables.change({ logFloor: floor });
      const links = tables.links.rows();
      const base = links.findIndex((link) => link.lastSeq >= floor - 1);
      for (const link of links.slice(0, base)) tables.links.delete(link.lastSeq);
      return floor - logFloor;
    },
    async verifyLog() {
      return verify(tables);
    },
  };
}

/** The first link is trusted when rows before it were pruned: it is the floor's. */
function verify(tables: Tables): { ok: boolean; links: number; brokenAt: number | undefined } {
  const links = tables.links.rows();
  const pruned = tables.scalars.logFloor > 1;
  let base: LogLink = pruned && links[0] !== undefined ? links[0] : { lastSeq: 0, hash: '' };
  const toCheck = pruned ? links.slice(1) : links;
  for (const link of toCheck) {
    const rows: LogEntry[] = [];
    for (let seq = base.lastSeq + 1; seq <= link.lastSeq; seq++) {
      const row = tables.log.get(seq);
      if (row === undefined) return { ok: false, links: links.length, brokenAt: link.lastSeq };
      rows.push(row);
    }
    if (hashOf(base.hash, rows) !== link.hash) return { ok: false, links: links.length, brokenAt: link.lastSeq };
    base = link;
  }
  const complete = base.lastSeq === tables.scalars.logHead;
  return { ok: complete, links: links.length, brokenAt: complete ? undefined : tables.scalars.logHead };
}

function hashOf(previous: string, rows: readonly LogEntry[]): string {
  return createHash('sha256').update(previous).update(JSON.stringify(rows)).digest('hex');
}

function rowAt(tables: Tables, seq: number): LogEntry {
  const row = tables.log.get(seq);
  if (row === undefined) throw new Error(`log row ${seq} is missing`);
  return row;
}
