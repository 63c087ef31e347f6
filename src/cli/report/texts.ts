/** Whole numbers with separators, small ones with up to three digits that count. */
export function amountText(value: number): string {
  if (!Number.isFinite(value)) return '-';
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : Math.abs(value) >= 0.1 || value === 0 ? 2 : 4;
  return value.toLocaleString('en-US', { maximumFractionDigits: digits });
}

export function shareText(value: number): string {
  return `${Math.round(value * 100)} %`;
}

const units = [
  { name: 'd', seconds: 86_400 },
  { name: 'h', seconds: 3_600 },
  { name: 'min', seconds: 60 },
] as const;

/** Seconds in the unit that suits them: `45 s`, `2.3 h`, `12 d`. */
export function durationText(seconds: number | null): string {
  if (seconds === null) return '-';
  const unit = units.find((each) => Math.abs(seconds) >= each.seconds);
  const value = unit === undefined ? seconds : seconds / unit.seconds;
  return `${value.toLocaleString('en-US', { maximumFractionDigits: Math.abs(value) < 10 ? 1 : 0 })} ${unit?.name ?? 's'}`;
}
