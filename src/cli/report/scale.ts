/** Maps values to places on an axis. */
export interface Scale {
  readonly place: (value: number) => number;
  readonly ticks: readonly number[];
}

/** @param from, to places of the least and the largest value, in pixels */
export function linearScale(least: number, most: number, from: number, to: number): Scale {
  const span = most - least || 1;
  return { place: (value) => from + ((value - least) / span) * (to - from), ticks: roundTicks(least, least + span) };
}

/** Times that people know, in seconds: 1 s, 10 s, 1 min, 10 min, 1 h, 10 h, 1 d, 10 d, 100 d, ... */
const knownTimes = [1, 10, 60, 600, 3_600, 36_000, 86_400, 864_000, 8_640_000, 86_400_000];

/** Logarithmic from 1 s on; what is shorter lies at 1 s. */
export function timeScale(most: number, from: number, to: number): Scale {
  const decades = Math.max(1, Math.log10(Math.max(1, most)));
  return {
    place: (seconds) => from + (Math.log10(Math.max(1, seconds)) / decades) * (to - from),
    ticks: knownTimes.filter((time) => time <= 10 ** decades),
  };
}

/** About five round numbers: 1, 2 or 5 times a power of ten apart. */
function roundTicks(least: number, most: number): readonly number[] {
  const rough = (most - least) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= rough) ?? rough;
  const first = Math.ceil(least / step);
  const count = Math.floor(most / step + 1e-9) - first + 1;
  return Array.from({ length: Math.max(0, count) }, (_, i) => (first + i) * step);
}
