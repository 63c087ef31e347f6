import type { Clock } from '../../src/core/ports/clock.ts';
import { createSystemClock } from '../../src/core/system/system-clock.ts';
import { noon } from './store-builders.ts';

/** The real event loop with clocks that stand: what shares a commit must not depend on how busy the machine is. */
export function aClock(): Clock {
  return { ...createSystemClock(), now: () => noon, monotonicMs: () => 0 };
}
