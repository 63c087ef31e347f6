import { type Holder, type Names, topHolders } from './holders.ts';
import type { PoolSlot } from './pool-slot.ts';
import type { RunTable } from './run-table.ts';
import { Tally } from './tally.ts';

/** What runs on the pools of a list, as of so many changes. */
interface Known {
  changes: number;
  /** By place. */
  readonly isThere: Uint8Array;
  readonly tally: Tally;
  holders: readonly Holder[] | undefined;
}

/** Who holds the slots of some pools. Each list is counted once, and caught up with what started and ended since it was asked last. */
export class KnownHolders {
  readonly #runs: RunTable;
  readonly #names: Names;
  readonly #known = new WeakMap<readonly PoolSlot[], Known>();

  constructor(runs: RunTable, names: Names) {
    this.#runs = runs;
    this.#names = names;
  }

  /** Those with most slots, most first. O(running attempts) when they are asked for the first time in long. */
  on(list: readonly PoolSlot[]): readonly Holder[] {
    const known = this.#caughtUp(list);
    known.holders ??= topHolders(known.tally, this.#names);
    return known.holders;
  }

  #caughtUp(list: readonly PoolSlot[]): Known {
    const { changes } = this.#runs;
    const known = this.#known.get(list);
    if (known === undefined || !changes.reaches(known.changes)) return this.#count(list);
    for (let nth = known.changes; nth < changes.count; nth++) {
      if (known.isThere[changes.at(nth, 0)] !== 1) continue;
      known.tally.add(changes.at(nth, 1), changes.at(nth, 2), changes.at(nth, 3));
      known.holders = undefined;
    }
    known.changes = changes.count;
    return known;
  }

  #count(list: readonly PoolSlot[]): Known {
    const runs = this.#runs;
    const isThere = new Uint8Array(1 + list.reduce((largest, { place }) => Math.max(largest, place), 0));
    for (const { place } of list) isThere[place] = 1;
    const tally = new Tally();
    runs.each((row) => {
      if (isThere[runs.poolAt(row)] === 1) tally.add(runs.typeAt(row), runs.tenantAt(row), runs.slotsAt(row));
    });
    const counted = { changes: runs.changes.count, isThere, tally, holders: undefined };
    this.#known.set(list, counted);
    return counted;
  }
}
