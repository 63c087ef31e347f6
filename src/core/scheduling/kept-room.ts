import type { HeldParts } from './held-parts.ts';
import type { PoolSlot } from './pool-slot.ts';

/** What is kept in one pool. */
export interface KeptRoom {
  readonly pool: PoolSlot;
  /** Parts of a gang that go there; 1: the whole task. */
  readonly parts: number;
  /** Slots that will be left beside them at the shadow time: anybody may have them. */
  extra: number;
  /** For a gang on machines: parts of others that will still run there then. */
  held: HeldParts | undefined;
}
