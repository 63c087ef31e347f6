import { homeThenAny } from './orderings.ts';
import type { RingRule } from './strategy.ts';

/** Parameter of placements that need not look at the home region first. */
export const reach = {
  default: 'home_first',
  words: ['home_first', 'anywhere'],
  description: 'home_first takes a pool of the home region where one has room; anywhere chooses among all pools at once.',
} as const;

export function ringsFor(word: (typeof reach)['words'][number]): readonly RingRule[] {
  return word === 'anywhere' ? [{ within: 'any' }] : homeThenAny;
}
