import type { HeldParts } from './held-parts.ts';

/** Places on the machines of a pool that are kept for a gang. */
export interface KeptParts {
  readonly type: number;
  /** Of one part. */
  readonly slots: number;
  readonly parts: number;
  /** What will still run there when the gang is expected to start. */
  readonly held: HeldParts;
}
