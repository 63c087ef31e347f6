import { type Holder, holdersOf, type Names } from './holders.ts';
import type { PoolIndex } from './pool-index.ts';
import type { PoolSlot } from './pool-slot.ts';
import type { RunTable } from './run-table.ts';

/** Who holds the slots of some pools, most slots first. Answers are kept until anything starts, ends or changes. */
export class KnownHolders {
  readonly #runs: RunTable;
  readonly #pools: PoolIndex;
  readonly #names: Names;
  #known = new WeakMap<readonly PoolSlot[], readonly Holder[]>();
  #usage = -1;

  constructor(runs: RunTable, pools: PoolIndex, names: Names) {
    this.#runs = runs;
    this.#pools = pools;
    this.#names = names;
  }

  /** O(running attempts) when it is not known. */
  on(list: readonly PoolSlot[]): readonly Holder[] {
    const { usage } = this.#pools;
    if (usage !== this.#usage) this.#known = new WeakMap();
    this.#usage = usage;
    const known = this.#known.get(list);
    if (known !== undefined) return known;
    const found = holdersOf(this.#runs, list, this.#names);
    this.#known.set(list, found);
    return found;
  }
}
