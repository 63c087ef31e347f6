import type { Belief, Known } from '../../src/core/strategies/learning/arms.ts';

export function nothingOf({ size }: Belief): Known {
  return new Array<number>(size).fill(0);
}

/** a + factor · b */
export function plus(a: Known, b: Known, factor = 1): Known {
  return Array.from(a, (value, i) => value + factor * b[i]!);
}
