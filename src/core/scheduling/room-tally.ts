// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
/** Rooms from here on count as this: telling them apart would take as many counts. */
export const mostCounted = 256;

/** How many pools have how much room: the most of any at next to no cost, for whoever only asks that. */
export class RoomTally {
  readonly #pools = new Int32Array(mostCounted + 1);
  /** Nobody has more. */
  #bound = 0;

  /** At most `mostCounted`. */
  get most(): number {
    while (this.#bound > 0 && this.#pools[this.#bound] === 0) this.#bound--;
    return this.#bound;
  }

  /** Pools with less room. @param room at most `mostCounted` */
  below(room: number): number {
    let pools = 0;
    for (let less = 0; less < room; less++) pools += this.#pools[less]!;
    return pools;
  }

  add(room: number): void {
    const counted = Math.min(room, mostCounted);
    this.#pools[counted]!++;
    if (counted > this.#bound) this.#bound = counted;
  }

  remove(room: number): void {
    this.#pools[Math.min(room, mostCounted)]!--;
  }

  clear(): void {
    this.#pools.fill(0);
    this.#bound = 0;
  }
}
