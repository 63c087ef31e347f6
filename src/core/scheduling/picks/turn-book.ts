import type { PoolSlot } from '../pool-slot.ts';
import { SharedLists } from '../shared-lists.ts';
import { Rotation } from './rotation.ts';

/** The pools there are, as far as turns depend on them. */
export interface Lineup {
  /** Grows when pools come, go or change, other than by pausing. */
  readonly lineup: number;
  /** Whether the pool is still there. */
  has(pool: PoolSlot): boolean;
}

/** Pools that take turns at tasks of one size. */
export interface TurnGroup {
  readonly pools: readonly PoolSlot[];
  readonly size: number;
  readonly rotation: Rotation;
  /** Number of its latest pick; 0: it did not pick yet. */
  pickedAt: number;
}

/**
 * Who takes turns with whom: the pools that some tasks may use, whatever made them so, by the size of these tasks. When pools come, go or change
 * all groups end, and those formed after start each pool with what it had in hand where it took part last, less the average of all, so that
 * nobody is ahead or behind for being new.
 */
export class TurnBook {
  readonly #pools: Lineup;
  readonly #weightOf: (pool: PoolSlot) => number;
  readonly #lists = new SharedLists();
  readonly #groups = new Map<readonly PoolSlot[], Map<string, TurnGroup>>();
  /** By size: what pools had in hand when their latest group ended. */
  readonly #kept = new Map<number, Map<PoolSlot, number>>();
  #version = -1;
  #picks = 0;

  constructor(pools: Lineup, weightOf: (pool: PoolSlot) => number) {
    this.#pools = pools;
    this.#weightOf = weightOf;
  }

  /** When it has grown, all groups have ended. */
  get version(): number {
    if (this.#version !== this.#pools.lineup) this.#endAll();
    return this.#version;
  }

  /** The group in which these pools take turns, if there is one. @param cappedType whose caps decide about room; -1: none do */
  known(pools: readonly PoolSlot[], size: number, cappedType: number): TurnGroup | undefined {
    return this.#groups.get(this.#lists.shared(pools))?.get(keyOf(size, cappedType));
  }

  /** @param hasRoom by place in the list */
  form(pools: readonly PoolSlot[], size: number, cappedType: number, hasRoom: (leaf: number) => boolean): TurnGroup {
    const list = this.#lists.shared(pools);
    const group = { pools: list, size, rotation: this.rotation(list, size, hasRoom), pickedAt: 0 };
    const bySize = this.#groups.get(list) ?? new Map<string, TurnGroup>();
    this.#groups.set(list, bySize.set(keyOf(size, cappedType), group));
    return group;
  }

  /** As a new group would begin. */
  rotation(pools: readonly PoolSlot[], size: number, hasRoom: (leaf: number) => boolean): Rotation {
    const kept = this.#kept.get(size);
    const inHand = pools.map((pool) => kept?.get(pool) ?? 0);
    const average = Math.floor(inHand.reduce((sum, one) => sum + one, 0) / Math.max(1, pools.length));
    return new Rotation(
      pools.map(this.#weightOf),
      inHand.map((one) => one - average),
      pools.map((_, leaf) => hasRoom(leaf)),
    );
  }

  picked(group: TurnGroup): void {
    group.pickedAt = ++this.#picks;
  }

  #endAll(): void {
    const groups = [...this.#groups.values()].flatMap((bySize) => [...bySize.values()]);
    for (const { pools, size, rotation, pickedAt } of groups.sort((a, b) => a.pickedAt - b.pickedAt)) {
      if (pickedAt === 0) continue;
      const kept = this.#kept.get(size) ?? new Map<PoolSlot, number>();
      this.#kept.set(size, kept);
      for (const [leaf, pool] of pools.entries()) kept.set(pool, rotation.inHandOf(leaf));
    }
    for (const kept of this.#kept.values()) for (const pool of kept.keys()) if (!this.#pools.has(pool)) kept.delete(pool);
    this.#groups.clear();
    this.#version = this.#pools.lineup;
    this.#lists.advance(this.#version);
  }
}

function keyOf(size: number, cappedType: number): string {
  return `${size} ${cappedType}`;
}
