/** A span as a person says it: 340 ms, 4.2 s, 3 min 20 s, 2 h 5 min, 3 d 4 h. */
export function duration(ms: number): string {
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
