// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
import type { PoolSlot } from './pool-slot.ts';
import { RoomTally } from './room-tally.ts';

/** An order of the pools that follows their room. */
export interface RoomFollower {
  /** Entries of the log it has read. */
  read: number;
  /** It wants to hear also of room that came and went before it asked. */
  readonly hearsAll: boolean;
  /** The room of a pool, which it knew before. */
  roomIs(place: number, room: number): void;
}

/** A place that no entry speaks of any more. */
const gone = -1;
/** A room that no pool has: such an entry is never taken back. */
const different = -1;

/**
 * The room of the pools of a set, and who has heard of its changes. A change is written down once for all who follow; each reads on when it is
 * asked. What is taken back before anybody read it was never there, and whoever did read it is told at once: so a slot that was freed and
 * taken again costs the others nothing, however many orders a set has.
 *
 * There is at most one entry of a pool. Those who have not read it know the room from before it, all others the room of now.
 */
export class RoomLog {
  /** The type the room is counted for; -1: any without a cap. */
  readonly cappedType: number;
  readonly #tally = new RoomTally();
  readonly #followers: RoomFollower[] = [];
  #hearAll = false;
  // By place of the pool: its room, and 1 + its entry in the log (0: everybody knows).
  #cells = new Int32Array(0);
  // Entries in the order they were made: the place, and the room before.
  #places = new Int32Array(0);
  #before = new Int32Array(0);
  #end = 0;

  constructor(cappedType: number) {
    this.cappedType = cappedType;
  }

  /** Most of any pool; what is more than `mostCounted` counts as that. */
  get most(): number {
    return this.#tally.most;
  }

  roomAt(place: number): number {
    return this.#cells[2 * place]!;
  }

  follow(follower: RoomFollower): void {
    this.#followers.push(follower);
    this.#hearAll ||= follower.hearsAll;
    this.known(follower);
  }

  unfollow(follower: RoomFollower): void {
    this.#followers.splice(this.#followers.indexOf(follower), 1);
    this.#hearAll = this.#followers.some(({ hearsAll }) => hearsAll);
  }

  /** The follower has looked at the pools themselves. */
  known(follower: RoomFollower): void {
    follower.read = this.#end;
  }

  /** The pools are others, or changed in more than their load. All who follow have to learn everything anew. */
  restart(pools: readonly PoolSlot[]): void {
    this.#cells = new Int32Array(2 * pools.reduce((most, { place }) => Math.max(most, place + 1), 0));
    this.#tally.clear();
    for (const pool of pools) {
      const room = pool.roomFor(this.cappedType);
      this.#cells[2 * pool.place] = room;
      this.#tally.add(room);
    }
    this.#places = new Int32Array(2 * pools.length + 16);
    this.#before = new Int32Array(2 * pools.length + 16);
    this.#end = 0;
    for (const follower of this.#followers) follower.read = 0;
  }

  /** The room of a pool may have changed. */
  refresh(pool: PoolSlot): void {
    const { place } = pool;
    const room = pool.roomFor(this.cappedType);
    const before = this.#cells[2 * place]!;
    // Where one task may not have all of it, what is free may change and the room may not.
    const { isCut } = pool;
    if (room === before && !isCut) return;
    this.#tally.remove(before);
    this.#tally.add(room);
    this.#cells[2 * place] = room;
    const entry = this.#cells[2 * place + 1]! - 1;
    if (entry !== -1 && this.#isNewsToSome(entry, place, room)) {
      if (isCut || this.#hearAll) this.#before[entry] = different;
      if (this.#before[entry] === room) this.#takeBack(entry, place);
    } else this.#append(place, isCut || this.#hearAll ? different : before);
  }

  /** Tells a follower all it has not read. */
  tell(follower: RoomFollower): void {
    if (follower.read === this.#end) return;
    for (let i = follower.read; i < this.#end; i++) {
      const place = this.#places[i]!;
      if (place !== gone) follower.roomIs(place, this.#cells[2 * place]!);
    }
    follower.read = this.#end;
  }

  /** @returns false when all have read the entry: then they are told by another one. */
  #isNewsToSome(entry: number, place: number, room: number): boolean {
    let readers = 0;
    for (const { read } of this.#followers) if (read > entry) readers++;
    if (readers > 0 && readers === this.#followers.length) {
      this.#places[entry] = gone;
      return false;
    }
    if (readers > 0) for (const follower of this.#followers) if (follower.read > entry) follower.roomIs(place, room);
    return true;
  }

  #takeBack(entry: number, place: number): void {
    this.#cells[2 * place + 1] = 0;
    this.#places[entry] = gone;
    while (this.#end > 0 && this.#places[this.#end - 1] === gone) this.#end--;
    for (const follower of this.#followers) if (follower.read > this.#end) follower.read = this.#end;
  }

  #append(place: number, before: number): void {
    if (this.#end === this.#places.length) this.#tidy();
    this.#places[this.#end] = place;
    this.#before[this.#end] = before;
    this.#cells[2 * place + 1] = ++this.#end;
  }

  /** Drops entries that say nothing to anybody. One of each pool may be left: there is room for twice as many. */
  #tidy(): void {
    const oldest = this.#followers.reduce((least, { read }) => Math.min(least, read), this.#end);
    const kept = this.#followers.map(() => 0);
    let end = 0;
    for (let i = 0; i < this.#end; i++) {
      const place = this.#places[i]!;
      if (place === gone) continue;
      if (i < oldest) {
        this.#cells[2 * place + 1] = 0;
        continue;
      }
      for (const [at, { read }] of this.#followers.entries()) if (i < read) kept[at]!++;
      this.#places[end] = place;
      this.#before[end] = this.#before[i]!;
      this.#cells[2 * place + 1] = ++end;
    }
    this.#end = end;
    for (const [at, follower] of this.#followers.entries()) follower.read = kept[at]!;
  }
}
