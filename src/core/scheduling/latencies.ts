import type { Ms } from '../domain/units.ts';
import type { RegionLatency } from '../strategies/strategy.ts';
import type { Interner } from './interner.ts';

/** Round trips between interned regions. */
export interface Latencies {
  readonly largestMs: Ms;
  /** 0 within a region or without one; an unknown pair counts as the largest. */
  between(from: number, to: number): Ms;
}

export function createLatencies(measured: readonly RegionLatency[], regions: Interner): Latencies {
  const rows: number[][] = [];
  const put = (from: number, to: number, ms: Ms) => {
    const row = rows[from] ?? [];
    row[to] = ms;
    rows[from] = row;
  };
  let largestMs = 0;
  for (const { between, ms } of measured) {
    const [a, b] = [regions.idOf(between[0]), regions.idOf(between[1])];
    put(a, b, ms);
    put(b, a, ms);
    largestMs = Math.max(largestMs, ms);
  }
  return {
    largestMs,
    between: (from, to) => (from === to || from === -1 || to === -1 ? 0 : (rows[from]?.[to] ?? largestMs)),
  };
}
