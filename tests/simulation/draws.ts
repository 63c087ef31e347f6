import type { Random } from '../../src/core/ports/random.ts';

/** Uniform in [min, max), an integer. */
export function uniform(random: Random, min: number, max: number): number {
  return Math.floor(min + random.next() * (max - min));
}

export function chance(random: Random, probability: number): boolean {
  return random.next() < probability;
}

export function oneOf<T>(random: Random, choices: readonly T[]): T {
  const choice = choices[Math.floor(random.next() * choices.length)];
  if (choice === undefined) throw new Error('nothing to choose from');
  return choice;
}

/** Exponential with the given mean: the time to the next of independent events. */
export function exponential(random: Random, mean: number): number {
  return -Math.log(1 - random.next()) * mean;
}
