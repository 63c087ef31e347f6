import type { Belief, Known } from './arms.ts';

/**
 * Ridge regression of rewards on features, with the width of what is not known: LinUCB for one arm.
 * A = I + sum of x xT, b = sum of reward x, theta = A^-1 b; score theta x + alpha sqrt(xT A^-1 x). What is known is A - I, row by row, and then b.
 * @param features how many, the first of them always 1
 * @see Li et al., "A contextual-bandit approach to personalized news article recommendation", WWW 2010
 */
export function linearBelief(features: number): Belief {
  return { size: features * (features + 1), weight: (known) => at(known, 0) };
}

/** One reward. */
export function seenReward(x: readonly number[], reward: number): Known {
  return [...x.flatMap((one) => x.map((other) => one * other)), ...x.map((one) => reward * one)];
}

/** The reward to expect, and how far it may be off. */
export function estimateOf(known: Known, x: readonly number[]): { readonly mean: number; readonly width: number } {
  const n = x.length;
  const a = Array.from({ length: n * n }, (_, cell) => at(known, cell) + (Math.floor(cell / n) === cell % n ? 1 : 0));
  const solved = solve(a, x, n); // A^-1 x
  let mean = 0;
  let square = 0;
  for (let i = 0; i < n; i++) {
    mean += at(known, n * n + i) * at(solved, i); // theta x = bT A^-1 x, as A is symmetric
    square += at(x, i) * at(solved, i);
  }
  return { mean, width: Math.sqrt(Math.max(0, square)) };
}

/** A y = x for a symmetric, positive definite A, by Cholesky's factors. */
function solve(a: readonly number[], x: readonly number[], n: number): number[] {
  const l = new Array<number>(n * n).fill(0);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = at(a, i * n + j);
      for (let k = 0; k < j; k++) sum -= at(l, i * n + k) * at(l, j * n + k);
      l[i * n + j] = i === j ? Math.sqrt(sum) : sum / at(l, j * n + j);
    }
  }
  const y = [...x];
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) y[i] = at(y, i) - at(l, i * n + k) * at(y, k);
    y[i] = at(y, i) / at(l, i * n + i);
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) y[i] = at(y, i) - at(l, k * n + i) * at(y, k);
    y[i] = at(y, i) / at(l, i * n + i);
  }
  return y;
}

/** In range by construction. */
function at(values: Known, i: number): number {
  return values[i] ?? 0;
}
