import type { ResourceType } from '../../domain/task.ts';
import type { EpochMs, Ms } from '../../domain/units.ts';

/** One task of a trace, whatever the format was. */
export interface TracedRow {
  /** In the file, from 1; of generated tasks the number. */
  readonly line: number;
  readonly submittedAt: EpochMs;
  /** On a pool of speed 1. */
  readonly runMs: Ms;
  readonly estimateMs: Ms | null;
  readonly slots: number;
  readonly tenant: string;
  readonly type: string;
  /** 1-10, larger first. */
  readonly priority: number;
  readonly region: string | null;
  readonly resourceType: ResourceType | null;
  /** Units of work. */
  readonly cost: number;
  readonly deadline: EpochMs | null;
}

/** Where the rows go, and what becomes of lines that are none. */
export interface RowSink {
  row(row: TracedRow): void;
  /** @param what became of it, in words that follow the number of the line: the same words are counted together */
  wart(line: number, what: string): void;
}

/** Reads some lines. @throws TraceError with the line */
export type ReadBlock = (bytes: Uint8Array, line: number, isLast: boolean, sink: RowSink) => void;
