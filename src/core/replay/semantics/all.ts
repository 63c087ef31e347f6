import { pyss } from './pyss.ts';
import { rlscheduler } from './rlscheduler.ts';
import type { Semantics } from './semantics.ts';
import { trx } from './trx.ts';

/** In the order they are listed. */
export const allSemantics: readonly Semantics[] = [trx, pyss, rlscheduler];
