/** A value as a share of the largest there is, so that weights of unlike things compare; 0 where all are 0. */
export function shareOf(value: number, largest: number): number {
  return largest === 0 ? 0 : value / largest;
}

/** Parameter that weighs one of several terms. */
export const weight = (value: number, description: string) => ({ default: value, minimum: 0, maximum: 1_000, description });

/** Refuses weights that would make all pools alike. */
export function allZero(weights: Readonly<Record<string, number>>): string | undefined {
  if (Object.values(weights).some((one) => one > 0)) return undefined;
  return `must not set all weights to 0: ${Object.keys(weights).join(', ')}`;
}
