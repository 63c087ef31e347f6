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

const latest = Date.parse('9999-12-31T23:59:59.999Z');

/** What a time may be, for people. */
export const aTime = 'a time from 1970 to 9999';

/** `undefined`: it is not `aTime`, such as a leap second. */
export function timeOf(text: string): EpochMs | undefined {
  const at = Date.parse(text);
  return Number.isFinite(at) && at >= 0 && at <= latest ? at : undefined;
}
