import { createHash } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import type { CoreInputs } from '../../core/domain/core-inputs.ts';
import type { EventType, LogEntry } from '../../core/domain/events.ts';
import type { JsonObject } from '../../core/domain/json.ts';
import type { EpochMs, Seq, TaskId } from '../../core/domain/units.ts';
import { createBulkInsert } from './bulk-insert.ts';
import { eventCodes } from './codes.ts';
import { encodeDetails } from './details-codec.ts';
import type { Symbols } from './symbols.ts';

/** Writes the log: rows numbered without gaps from the head in memory, and one link of the hash chain per commit. */
export interface LogWriter {
  readonly head: number;
  /** Number the next row will get: the version of the task it is about. */
  readonly nextSeq: number;
  /** @param prev the task's version before: its log row before this one. @param inputs kept beside the details, for who looks back */
  add(at: EpochMs, type: EventType, taskSeq: Seq, taskId: TaskId, prev: number | null, details: JsonObject, inputs?: CoreInputs): void;
  addSystem(at: EpochMs, type: EventType, details: JsonObject): void;
  /** A row of its own for what decisions were made on. */
  addInputs(at: EpochMs, inputs: CoreInputs): void;
  /** Puts the rows so far into the table, for whoever reads it inside the transaction. */
  flush(): void;
  /** Writes the link over the rows of this transaction. */
  seal(): void;
  /** @returns the rows of the transaction when somebody listens. */
  commit(): readonly LogEntry[];
  rollback(): void;
}

interface LogWriterOptions {
  /** Rows are only made into entries when somebody wants them. */
  readonly isHeard: () => boolean;
}

export function createLogWriter(db: Database, symbols: Symbols, { isHeard }: LogWriterOptions): LogWriter {
  const rows = createBulkInsert(db, 'log', ['seq', 'at', 'type', 'task_seq', 'prev', 'details']);
  const insertLink = db.prepare<[number, Buffer]>('INSERT INTO link (last_seq, hash) VALUES (?, ?)');
  const lastLink = db
    .prepare<[], { last_seq: number; hash: Buffer }>('SELECT last_seq, hash FROM link ORDER BY last_seq DESC LIMIT 1')
    .get();

  let committed = { head: lastLink?.last_seq ?? 0, hash: lastLink?.hash ?? genesis };
  let head = committed.head;
  let hash = committed.hash;
  let canonical = '';
  let entries: LogEntry[] = [];

  function write(at: EpochMs, type: EventType, taskSeq: Seq | null, prev: number | null, details: JsonObject, inputs?: CoreInputs): number {
    const seq = ++head;
    const code = eventCodes[type];
    const text = encodeDetails(type, details, symbols, inputs);
    rows.add(seq, at, code, taskSeq, prev, text);
    canonical += canonicalRow(seq, at, code, taskSeq, prev, text);
    return seq;
  }

  return {
    get head() {
      return committed.head;
    },
    get nextSeq() {
      return head + 1;
    },
    add(at, type, taskSeq, taskId, prev, details, inputs) {
      const seq = write(at, type, taskSeq, prev, details, inputs);
      if (isHeard()) entries.push({ seq, at, type, taskSeq, taskId, details });
    },
    addSystem(at, type, details) {
      const seq = write(at, type, null, null, details);
      if (isHeard()) entries.push({ seq, at, type, taskSeq: null, taskId: null, details });
    },
    addInputs(at, inputs) {
      const seq = write(at, 'inputs_noted', null, null, {}, inputs);
      if (isHeard()) entries.push({ seq, at, type: 'inputs_noted', taskSeq: null, taskId: null, details: {} });
    },
    flush: rows.flush,
    seal() {
      if (head === committed.head) return;
      rows.flush();
      hash = linkHash(hash, canonical);
      insertLink.run(head, hash);
    },
    commit() {
      const told = entries;
      committed = { head, hash };
      canonical = '';
      entries = [];
      return told;
    },
    rollback() {
      ({ head, hash } = committed);
      rows.clear();
      canonical = '';
      entries = [];
    },
  };
}

/** What the chain starts from. */
export const genesis = Buffer.alloc(32);

/** The bytes of a row that its link covers. Details are JSON, which has no bare line feed, so rows cannot run into each other. */
export function canonicalRow(
  seq: number,
  at: EpochMs,
  code: number,
  taskSeq: Seq | null,
  prev: number | null,
  details: string | null,
): string {
  return `${seq}|${at}|${code}|${taskSeq ?? ''}|${prev ?? ''}|${details ?? ''}\n`;
}

export function linkHash(previous: Buffer, rows: string): Buffer {
  return createHash('sha256').update(previous).update(rows).digest();
}
