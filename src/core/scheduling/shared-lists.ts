import type { PoolSlot } from './pool-slot.ts';

/** Lists of pools, each kept once, for as long as the pools do not change. */
export class SharedLists {
  #version = -1;
  readonly #byHash = new Map<number, readonly PoolSlot[]>();

  /** @param version of the pools */
  advance(version: number): void {
    if (version !== this.#version) this.#byHash.clear();
    this.#version = version;
  }

  /** The list itself or an equal one. Of two that are not equal and look alike only the first is shared. */
  shared(list: readonly PoolSlot[]): readonly PoolSlot[] {
    let hash = list.length;
    for (const { place } of list) hash = (Math.imul(hash, 31) + place) | 0;
    const known = this.#byHash.get(hash);
    if (known === undefined) this.#byHash.set(hash, list);
    return known?.length === list.length && known.every((pool, i) => pool === list[i]) ? known : list;
  }
}
