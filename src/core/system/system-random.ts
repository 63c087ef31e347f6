import type { Random } from '../ports/random.ts';

/** Chance that nobody needs to repeat: jitter, and the seeds of what must be repeatable. Not for secrets. */
export function createSystemRandom(): Random {
  return { next: () => Math.random() };
}
