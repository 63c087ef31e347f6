import type { Clock } from '../../src/core/ports/clock.ts';
import { createSystemClock } from '../../src/core/system/system-clock.ts';
import { noon } from './store-builders.ts';

/** The real event loop with a wall clock that stands at noon. */
export function aClock(): Clock {
  return { ...createSystemClock(), now: () => noon };
}
