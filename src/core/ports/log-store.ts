import type { EventType, LogEntry, NodeEventType } from '../domain/events.ts';
import type { JsonObject } from '../domain/json.ts';
import type { EpochMs, Seq } from '../domain/units.ts';

/** The log: written by the verbs of the other stores in their own transactions, gap-free, one hash link per commit. */
export interface LogStore {
  /** Called after every COMMIT, before its callers are answered, with the rows of that commit in order. Returns how to unsubscribe. */
  onCommit(listener: (entries: readonly LogEntry[]) => void): () => void;
  /** Rows with `seq` > `after` in order, at most `limit`. */
  logAfter(after: number, limit: number): Promise<readonly LogEntry[]>;
  /** Newest first. */
  log(query: LogQuery): Promise<LogPage>;
  /** Rows of one task in order, oldest first. */
  taskLog(seq: Seq, limit: number): Promise<readonly LogEntry[]>;
  /** `head` 0: empty. Rows below `floor` were removed by retention. Synchronous, kept. */
  logBounds(): { readonly floor: number; readonly head: number };
  /** Writes a row about a node. Nodes are not stored: they come back by themselves. */
  logNode(type: NodeEventType, at: EpochMs, details: JsonObject): Promise<void>;
  /** Removes at most `limit` rows with `at` before `before`, oldest first, never the head. Moves the floor, keeps a link for it. */
  pruneLog(limit: number, before: number): Promise<number>;
  /** Recomputes the chain from the floor. `brokenAt` is the first commit whose link does not hold. */
  verifyLog(): Promise<{ readonly ok: boolean; readonly links: number; readonly brokenAt: number | undefined }>;
}

export interface LogQuery {
  readonly taskSeq?: Seq;
  /** Only rows that concern no task. */
  readonly system?: boolean;
  readonly types?: readonly EventType[];
  readonly limit: number;
  readonly before?: number;
  readonly offset?: number;
}

export interface LogPage {
  readonly entries: readonly LogEntry[];
  readonly total: number;
  readonly totalIsCapped: boolean;
  readonly hasOlder: boolean;
}
