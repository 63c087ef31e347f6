import { duration } from '../domain/duration.ts';
import type { EpochMs, Ms } from '../domain/units.ts';
import type { Drain } from './drain-meter.ts';
import type { Hold } from './reasons.ts';

/** When a waiting task is likely to start. */
export interface Forecast {
  /** From now: earliest and latest, four times in five. */
  readonly startMs: readonly [least: Ms, most: Ms];
  /** What it was worked out from, in words. */
  readonly basis: string;
}

/** Slots that have to come free before a task's turn, its own included: surely, and at the most. */
export interface SlotsAhead {
  readonly least: number;
  readonly most: number;
}

/** Nine in ten of a normal distribution lie below the mean plus this many deviations, so four in five within it on both sides. */
const deviations = 1.2816;
/** A rate over less than this says nothing. */
const shortestMs: Ms = 1_000;

/** `undefined` where nobody knows: someone has to act first, or nothing came free while we watched. */
export function forecastOf(
  holds: readonly Hold[],
  ahead: SlotsAhead,
  { drain, pools }: { readonly drain: Drain; readonly pools: number },
  now: EpochMs,
): Forecast | undefined {
  if (holds.some(({ clearedBy, until }) => until === undefined && clearedBy !== 'capacity' && clearedBy !== 'time')) return undefined;
  const earliestMs = Math.max(0, ...holds.map(({ until }) => (until === undefined ? 0 : until - now)));
  if (!holds.some(({ clearedBy }) => clearedBy === 'capacity')) {
    return { startMs: [earliestMs, earliestMs], basis: earliestMs === 0 ? 'the coming round of decisions' : 'the time it waits for' };
  }
  const span = spanOf(ahead, drain);
  if (span === undefined) return undefined;
  return {
    startMs: [Math.max(earliestMs, Math.round(span[0])), Math.max(earliestMs, Math.round(span[1]))],
    basis: `${plural(drain.slots, 'slot')} came free on ${plural(pools, 'pool')} in the last ${duration(Math.round(drain.overMs / 1_000) * 1_000)}`,
  };
}

/**
 * Slots come free like a Poisson process: the wait for n ends has mean n / rate and relative variance 1 / n, and a rate counted from m ends
 * has relative variance 1 / m.
 */
function spanOf({ least, most }: SlotsAhead, { ends, slots, overMs }: Drain): readonly [Ms, Ms] | undefined {
  if (ends === 0) return undefined;
  const perMs = slots / Math.max(shortestMs, overMs);
  const slotsPerEnd = slots / ends;
  const waitFor = (wanted: number, side: 1 | -1) => {
    const spread = Math.sqrt(slotsPerEnd / wanted + 1 / ends);
    return Math.max(0, (wanted / perMs) * (1 + side * deviations * spread));
  };
  return [waitFor(least, -1), waitFor(most, 1)];
}

function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}
