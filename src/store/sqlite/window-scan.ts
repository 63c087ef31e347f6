import type { Clock } from '../../core/ports/clock.ts';

/** A range of sequence numbers: `from` included, `to` not. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

export interface Scan {
  readonly range: Range;
  readonly newestFirst: boolean;
  /** Looks at one window. @returns true when it has seen enough. */
  readonly look: (window: Range) => boolean;
  readonly maxMs: number;
}

const firstSpan = 10_000;
const shortestSpan = 1_000;
const longestSpan = 200_000;
/** A window that takes longer makes the next one smaller. */
const windowMs = 8;

/**
 * Looks for rows that no index finds, a window of the key at a time with the event loop's turn in between: a rare match in ten million
 * rows takes long, but nobody waits behind it. Each window is a statement of its own, so no snapshot is held.
 *
 * @returns false when the time bound ended it: there may be more.
 */
export async function scanWindows({ range, newestFirst, look, maxMs }: Scan, clock: Clock): Promise<boolean> {
  const startedMs = clock.monotonicMs();
  let { from, to } = range;
  let span = firstSpan;
  while (from < to) {
    const window = newestFirst ? { from: Math.max(from, to - span), to } : { from, to: Math.min(to, from + span) };
    const windowStartedMs = clock.monotonicMs();
    if (look(window)) return true;
    if (newestFirst) to = window.from;
    else from = window.to;
    if (from >= to) return true;

    const now = clock.monotonicMs();
    if (now - startedMs > maxMs) return false;
    span = now - windowStartedMs > windowMs ? Math.max(shortestSpan, span >> 1) : Math.min(longestSpan, span * 2);
    await new Promise<void>((resolve) => clock.soon(resolve));
  }
  return true;
}
