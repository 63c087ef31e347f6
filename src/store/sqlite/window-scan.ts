import type { Clock } from '../../core/ports/clock.ts';

/** A range of sequence numbers: `from` included, `to` not. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

export interface Scanned<Row> {
  readonly rows: readonly Row[];
  /** Stopped by the time bound: there may be more. */
  readonly gaveUp: boolean;
}

export interface ScanPlan<Row> {
  readonly range: Range;
  readonly newestFirst: boolean;
  /** How many rows are wanted. */
  readonly need: number;
  /** Every row of the range matches, or an index finds those that do: then `need` alone bounds the work. */
  readonly isDense: boolean;
  /** At most `limit` rows of the range, in the order of `newestFirst`. */
  readonly query: (range: Range, limit: number) => readonly Row[];
  readonly maxMs: number;
}

const firstSpan = 10_000;
const longestSpan = 200_000;
/** A window that takes longer makes the next one smaller. */
const windowMs = 8;

/**
 * Looks for rows that no index finds, a window of the key at a time with the event loop's turn in between: a rare match in ten million
 * rows takes long, but nobody waits behind it. Each window is a statement of its own, so no snapshot is held.
 */
export async function scanWindows<Row>(plan: ScanPlan<Row>, clock: Clock): Promise<Scanned<Row>> {
  const { range, newestFirst, need, query, isDense } = plan;
  if (isDense) return { rows: query(range, need), gaveUp: false };

  const startedMs = clock.monotonicMs();
  const rows: Row[] = [];
  let { from, to } = range;
  let span = firstSpan;
  while (from < to) {
    const window = newestFirst ? { from: Math.max(from, to - span), to } : { from, to: Math.min(to, from + span) };
    const windowStartedMs = clock.monotonicMs();
    rows.push(...query(window, need - rows.length));
    if (rows.length >= need) break;
    if (newestFirst) to = window.from;
    else from = window.to;

    const now = clock.monotonicMs();
    if (from < to && now - startedMs > plan.maxMs) return { rows, gaveUp: true };
    span = now - windowStartedMs > windowMs ? Math.max(firstSpan / 10, span / 2) : Math.min(longestSpan, span * 2);
    if (from < to) await new Promise<void>((resolve) => clock.soon(resolve));
  }
  return { rows, gaveUp: false };
}
