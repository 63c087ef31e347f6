// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
import type { PartRoom } from './part-room.ts';
import { WinnerTree } from './winner-tree.ts';

/** Parked needs that want the same number of slots, in as many parts. */
interface Row {
  /** Of one part. */
  readonly slots: number;
  readonly parts: number;
  /** For parts of that size; `undefined`: of no gang. */
  readonly room: PartRoom | undefined;
  readonly heads: WinnerTree;
  /** Need ids by entry; -1: free. */
  readonly needs: number[];
  readonly free: number[];
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

  /** @param partRoom of a gang: the room there is for parts of its size */
  join(need: number, slots: number, parts: number, partRoom: PartRoom | undefined): LotPlace {
    const row = this.#rowFor(slots, parts, partRoom);
    const entry = row.free.pop() ?? row.needs.length;
    row.needs[entry] = need;
    return { row, entry };
  }

  leave({ row, entry }: LotPlace): void {
    row.heads.clear(entry);
    row.needs[entry] = -1;
    row.free.push(entry);
    if (row.free.length === row.needs.length) this.#rows.splice(this.#rows.indexOf(row), 1);
  }

  /** The parked need with the best head among those that there is room for, or -1. @param room most slots that one pool has */
  best(room: number): number {
    let need = -1;
    let rank = Number.POSITIVE_INFINITY;
    let key = Number.POSITIVE_INFINITY;
    let seq = 0;
    for (const row of this.#rows) {
      if (row.slots > room) break;
      if (row.room !== undefined && row.room.free < row.parts) continue;
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

  /** Whether some need that may wait here is a gang with parts of that size. */
  asksFor(room: PartRoom): boolean {
    return this.#rows.some((row) => row.room === room);
  }

  /** Every parked need. @param slots at most so many a part: where something is kept, it is asked at every end, and looks at no others */
  parked(slots = Number.POSITIVE_INFINITY): readonly number[] {
    const parked: number[] = [];
    for (const row of this.#rows) {
      if (row.slots > slots) break;
      for (let entry = 0; entry < row.needs.length; entry++) {
        const need = row.needs[entry]!;
        if (need !== -1 && row.heads.rankOf(entry) !== Number.POSITIVE_INFINITY) parked.push(need);
      }
    }
    return parked;
  }

  /** Of those, the gangs. */
  parkedGangs(): number[] {
    if (this.#rows.every(({ room }) => room === undefined)) return [];
    return this.#rows.flatMap(({ room, needs, heads }) =>
      room === undefined ? [] : needs.filter((need, entry) => need !== -1 && heads.rankOf(entry) !== Number.POSITIVE_INFINITY),
    );
  }

  #rowFor(slots: number, parts: number, room: PartRoom | undefined): Row {
    let at = 0;
    while (at < this.#rows.length && (this.#rows[at]!.slots < slots || (this.#rows[at]!.slots === slots && this.#rows[at]!.parts < parts)))
      at++;
    const found = this.#rows[at];
    if (found?.slots === slots && found.parts === parts) return found;
    const row = { slots, parts, room, heads: new WinnerTree(), needs: [], free: [] };
    this.#rows.splice(at, 0, row);
    return row;
  }
}
