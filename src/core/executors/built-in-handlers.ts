import type { HandlerDefinition } from './handler.ts';
import { add } from './handlers/add.ts';
import { hash } from './handlers/hash.ts';
import { reverse } from './handlers/reverse.ts';
import { sum } from './handlers/sum.ts';
import { upper } from './handlers/upper.ts';
import { wait } from './handlers/wait.ts';

/** The task types that every server can run, by name. */
export const builtInHandlers = { reverse, hash, sum, upper, wait, add } as const satisfies Record<string, HandlerDefinition>;
