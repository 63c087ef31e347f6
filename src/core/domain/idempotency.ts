import type { Ms } from './units.ts';

/** How long an idempotency key is remembered, at least: its task is not removed before. After it, the key counts as unknown. */
export const idempotencyKeptMs: Ms = 24 * 3_600_000;
