import type { EpochMs } from '../core/domain/units.ts';

let lastMs = Number.NaN;
let lastText = '';

/** ISO 8601, UTC, with milliseconds. Many rows share one moment, and formatting one takes half a microsecond: the last is kept. */
export function isoTime(ms: EpochMs): string {
  if (ms !== lastMs) {
    lastText = new Date(ms).toISOString();
    lastMs = ms;
  }
  return lastText;
}

export function isoTimeOrNull(ms: EpochMs | null): string | null {
  return ms === null ? null : isoTime(ms);
}
