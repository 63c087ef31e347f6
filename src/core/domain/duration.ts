import type { Ms } from './units.ts';

/**
 * A span as a person says it: 340 ms, 4.25 s, 3 min 20 s, 2 h 5 min, 3 d 4 h. One below 0 is none. The dashboard writes its own by the same
 * rule, as it cannot import this; what rounds up to the next unit is told in that: 59,960 ms are 1 min and not 60 s.
 */
export function duration(ms: Ms): string {
  if (ms < 0) return duration(0);
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 9_995) return `${Number((ms / 1_000).toFixed(2))} s`;
  if (ms < 59_950) return `${Number((ms / 1_000).toFixed(1))} s`;
  const seconds = Math.round(ms / 1_000);
  if (seconds < 3_600) return two(seconds, 60, 'min', 's');
  const minutes = Math.round(seconds / 60);
  if (minutes < 1_440) return two(minutes, 60, 'h', 'min');
  return two(Math.round(minutes / 60), 24, 'd', 'h');
}

function two(value: number, unit: number, large: string, small: string): string {
  const rest = value % unit;
  return rest === 0 ? `${Math.floor(value / unit)} ${large}` : `${Math.floor(value / unit)} ${large} ${rest} ${small}`;
}

/** An earliest time below this share of the latest says nothing to who waits: it may as well be now. */
const asGoodAsNow = 0.1;

/**
 * When something is expected between two times from now, as a person would tell it: now, in 4 s, within 49 min, in 2 to 5 s, in 50 s to 3 min.
 * Only as exact as a forecast is.
 */
export function expectedTime([least, most]: readonly [Ms, Ms]): string {
  if (most <= 0) return 'now';
  const [latest, unit] = rough(most);
  const [earliest, ofEarliest] = rough(least);
  if (least === most) return `in ${latest} ${unit}`;
  if (least < asGoodAsNow * most) return `within ${latest} ${unit}`;
  if (unit !== ofEarliest) return `in ${earliest} ${ofEarliest} to ${latest} ${unit}`;
  return earliest === latest ? `in about ${latest} ${unit}` : `in ${earliest} to ${latest} ${unit}`;
}

/** The largest unit of which there are two or more, and how many. */
function rough(ms: Ms): readonly [amount: number, unit: string] {
  const s = ms / 1_000;
  if (s < 120) return [Math.ceil(s), 's'];
  if (s < 7_200) return [Math.round(s / 60), 'min'];
  if (s < 172_800) return [Math.round(s / 3_600), 'h'];
  return [Math.round(s / 86_400), 'd'];
}
