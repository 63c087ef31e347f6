import { pyss } from './pyss.ts';
import { rlscheduler } from './rlscheduler.ts';
import type { Semantics } from './semantics.ts';

/** In the order they are listed. */
export const allSemantics: readonly Semantics[] = [pyss, rlscheduler];
