import type { Parameters } from './definition.ts';
import type { Values } from './parameters.ts';
import type { Overtaking, ReservationRules, Strict } from './strategy.ts';

const words: readonly Strict[] = ['none', 'shape', 'global'];

/** Of every strategy, whatever its order and placement: who may overtake whom, and when room is kept for those who wait too long. */
export const overtakingParameters = {
  strict: {
    default: 'shape',
    words,
    description:
      'What may be overtaken. shape: tasks of the same needs keep their order. none: shorter ones may also pass those of the same needs on what is kept for others. global: nothing starts before the first in order, unless a pool is kept for that one. A strategy that plans does as with shape.',
  },
  reserve: {
    default: true,
    description:
      'Keep a pool for a task that waits too long while others of other needs pass it; only what ends in time, or fits beside it, may use that pool meanwhile. A strategy that plans keeps none: the plan says who waits for what.',
  },
  patience_factor: {
    default: 5,
    minimum: 0,
    maximum: 1_000,
    description: 'A task has waited too long after this many times its expected run time, within the two limits below.',
  },
  patience_least_ms: {
    default: 30_000,
    minimum: 0,
    maximum: 86_400_000,
    integer: true,
    description: 'No task has waited too long before this, in ms.',
  },
  patience_most_ms: {
    default: 600_000,
    minimum: 0,
    maximum: 604_800_000,
    integer: true,
    description:
      'Every task has waited too long after this, in ms. 0: a pool is always kept for whoever is first, as EASY backfilling does.',
  },
  estimate_margin: {
    default: 1.2,
    minimum: 1,
    maximum: 100,
    description: 'Expected run times are stretched by this before they are trusted to end in time.',
  },
} as const satisfies Parameters;

/** Estimates within this factor count as alike where short tasks may pass long ones of the same needs. */
const grain = 1.25;
/** Part of all pools that may be kept at once; one always may. */
const share = 0.05;

export const liveReservations: ReservationRules = {
  patience: { estimates: 5, leastMs: 30_000, mostMs: 600_000 },
  margin: 1.2,
  grain,
  share,
};

/**
 * Textbook EASY: whoever is first has the reservation, at every instant anew (Lifka, "The ANL/IBM SP scheduling system", JSSPP'95;
 * Mu'alem, Feitelson, TPDS 2001).
 */
export const easyReservations: ReservationRules = { patience: { estimates: 0, leastMs: 0, mostMs: 0 }, margin: 1, grain: 1, share };

/** @param values of `overtakingParameters`, each within its range */
export function overtakingOf(values: Values): Overtaking {
  const number = (name: keyof typeof overtakingParameters) => Number(values[name]);
  const strict = values['strict'] as Strict; // one of the words of the parameter
  if (values['reserve'] !== true) return { strict };
  const patience = { estimates: number('patience_factor'), leastMs: number('patience_least_ms'), mostMs: number('patience_most_ms') };
  return { strict, reservations: { patience, margin: number('estimate_margin'), grain, share } };
}

/** @returns what is wrong with values that are each within their range; `undefined` when nothing is. */
export function refuseOvertaking(values: Values): string | undefined {
  if (Number(values['patience_least_ms']) <= Number(values['patience_most_ms']) || values['patience_most_ms'] === 0) return undefined;
  return 'needs patience_least_ms not above patience_most_ms, or patience_most_ms 0';
}
