// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
import { WinnerTree } from './winner-tree.ts';

/** Parked needs that want the same number of slots. */
interface Row {
  readonly slots: number;
  readonly heads: WinnerTree;
  /** Need ids by entry; -1: free. */
  readonly needs: number[];
}

/** A need's place in a lot, kept while the need uses the set, so that parking allocates nothing. */
export interface LotPlace {
  readonly row: Row;
  readonly entry: number;
}

/** Needs that wait for room in one set of pools, found by the slots they want and the task at their head. */
export class ParkingLot {
  // Fewest slots first.
  readonly #rows: Row[] = [];

  join(need: number, slots: number): LotPlace {
    const row = this.#rowFor(slots);
    const free = row.needs.indexOf(-1);
    const entry = free === -1 ? row.needs.length : free;
    row.needs[entry] = need;
    return { row, entry };
  }

  leave(place: LotPlace): void {
    place.row.heads.clear(place.entry);
    place.row.needs[place.entry] = -1;
    if (place.row.needs.every((need) => need === -1)) this.#rows.splice(this.#rows.indexOf(place.row), 1);
  }

  /** The parked need with the best head among those that want at most `room` slots, or -1. */
  best(room: number): number {
    let need = -1;
    let rank = Number.POSITIVE_INFINITY;
    let key = Number.POSITIVE_INFINITY;
    let seq = 0;
    for (const row of this.#rows) {
      if (row.slots > room) break;
      const entry = row.heads.best();
      if (entry === -1) continue;
      const rowRank = row.heads.rankOf(entry);
      const rowKey = row.heads.keyOf(entry);
      const rowSeq = row.heads.seqOf(entry);
      if (need !== -1 && (rowRank > rank || (rowRank === rank && (rowKey > key || (rowKey === key && rowSeq > seq))))) continue;
      need = row.needs[entry]!;
      rank = rowRank;
      key = rowKey;
      seq = rowSeq;
    }
    return need;
  }

  /** Every parked need. */
  parked(): number[] {
    return this.#rows.flatMap((row) =>
      row.needs.filter((need, entry) => need !== -1 && row.heads.rankOf(entry) !== Number.POSITIVE_INFINITY),
    );
  }

  #rowFor(slots: number): Row {
    let at = 0;
    while (at < this.#rows.length && this.#rows[at]!.slots < slots) at++;
    const found = this.#rows[at];
    if (found?.slots === slots) return found;
    const row = { slots, heads: new WinnerTree(), needs: [] };
    this.#rows.splice(at, 0, row);
    return row;
  }
}
