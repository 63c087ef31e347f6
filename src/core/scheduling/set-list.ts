import type { PoolSet } from './pool-set.ts';

/**
 * The sets that a pool is in, in the order it came into them. Pools alike in everything that sets ask for have the same list, so that of ten
 * thousand pools a few lists are looked at all the time, and stay in the processor's cache. A list never changes.
 */
export class SetList {
  readonly sets: readonly PoolSet[];
  /** Without its last set. */
  readonly #shorter: SetList | undefined;
  readonly #longer = new WeakMap<PoolSet, SetList>();

  constructor(sets: readonly PoolSet[] = [], shorter?: SetList) {
    this.sets = sets;
    this.#shorter = shorter;
  }

  with(set: PoolSet): SetList {
    const known = this.#longer.get(set);
    if (known !== undefined) return known;
    const made = new SetList([...this.sets, set], this);
    this.#longer.set(set, made);
    return made;
  }

  without(set: PoolSet): SetList {
    const last = this.sets.at(-1);
    if (this.#shorter === undefined || last === undefined) return this;
    const shorter = this.#shorter.without(set);
    return last === set ? shorter : shorter.with(last);
  }
}
