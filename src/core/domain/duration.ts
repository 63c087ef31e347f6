import type { Ms } from './units.ts';

/** A span as a person says it: 340 ms, 4.2 s, 3 min 20 s, 2 h 5 min, 3 d 4 h. */
export function duration(ms: Ms): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  const s = ms / 1_000;
  if (s < 60) return `${Number(s.toFixed(1))} s`;
  if (s < 3_600) return two(s, 60, 'min', 's');
  if (s < 86_400) return two(s / 60, 60, 'h', 'min');
  return two(s / 3_600, 24, 'd', 'h');
}

function two(value: number, unit: number, large: string, small: string): string {
  const whole = Math.floor(value / unit);
  const rest = Math.floor(value - whole * unit);
  return rest === 0 ? `${whole} ${large}` : `${whole} ${large} ${rest} ${small}`;
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
