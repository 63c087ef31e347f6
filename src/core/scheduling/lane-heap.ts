// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
const smallest = 8;

/**
 * 4-ary min-heap by (key, seq). Keys lie inline in one typed array: no objects and no comparator, because both are several times slower. One
 * array and not three, because who asks for the head of one of many lanes waits for memory, and every array is looked up first.
 * `handle` says where the task lies in the task table and whether the entry still means it; a cancelled task leaves its entry behind as a
 * tombstone, which the owner drops at the head (`pop`) or all at once (`keep`).
 */
export class LaneHeap {
  // Keys of all entries, then (seq, handle) of each: keys are compared, and counted, far more often than they are moved.
  #cells: Float64Array;
  #room: number;
  #size = 0;
  /** Some entries may be tombstones. To be told by the owner; it is forgotten when they are dropped. */
  mayHoldTombstones = false;

  /** @param room entries to make room for at once, so that a lane of known length never has to be copied. */
  constructor(room = smallest) {
    this.#room = Math.max(smallest, room);
    this.#cells = new Float64Array(3 * this.#room);
  }

  /** Entries, tombstones included. */
  get size(): number {
    return this.#size;
  }
  get headKey(): number {
    return this.#size === 0 ? Number.POSITIVE_INFINITY : this.#cells[0]!;
  }
  get headSeq(): number {
    return this.#size === 0 ? 0 : this.#cells[this.#room]!;
  }
  /** Only of a heap that is not empty. */
  get headHandle(): number {
    return this.#cells[this.#room + 1]!;
  }

  keyAt(i: number): number {
    return this.#cells[i]!;
  }
  seqAt(i: number): number {
    return this.#cells[this.#room + 2 * i]!;
  }
  handleAt(i: number): number {
    return this.#cells[this.#room + 2 * i + 1]!;
  }
  /** Whether entry `i` comes before (key, seq). */
  isBefore(i: number, key: number, seq: number): boolean {
    const own = this.#cells[i]!;
    return own < key || (own === key && this.seqAt(i) < seq);
  }

  /** @returns true when the head changed. */
  push(key: number, seq: number, handle: number): boolean {
    if (this.#size === this.#room) this.#resize(Math.ceil(this.#size * 1.5));
    let i = this.#size++;
    for (let up = (i - 1) >> 2; i > 0; up = (i - 1) >> 2) {
      if (this.isBefore(up, key, seq)) break;
      this.#move(up, i);
      i = up;
    }
    this.#put(i, key, seq, handle);
    return i === 0;
  }

  /** Drops the head. Only of a heap that is not empty. */
  pop(): void {
    const last = --this.#size;
    this.#sink(0, this.keyAt(last), this.seqAt(last), this.handleAt(last));
    if (last * 4 < this.#room && this.#room > 1024) this.#resize(this.#room >> 1);
  }

  /** Keeps the entries `isLive` answers for and drops the rest: O(n). */
  keep(isLive: (seq: number, handle: number) => boolean): void {
    let size = 0;
    for (let i = 0; i < this.#size; i++) if (isLive(this.seqAt(i), this.handleAt(i))) this.#move(i, size++);
    this.#size = size;
    this.mayHoldTombstones = false;
    for (let i = (size - 2) >> 2; i >= 0; i--) this.#sink(i, this.keyAt(i), this.seqAt(i), this.handleAt(i));
    if (size * 4 < this.#room && this.#room > 1024) this.#resize(Math.max(1024, size * 2));
  }

  clear(): void {
    this.#size = 0;
    this.mayHoldTombstones = false;
    if (this.#room > 1024) this.#resize(smallest);
  }

  #sink(from: number, key: number, seq: number, handle: number): void {
    const cells = this.#cells;
    const size = this.#size;
    let i = from;
    for (let first = 4 * i + 1; first < size; first = 4 * i + 1) {
      let min = first;
      let least = cells[first]!;
      const end = Math.min(first + 4, size);
      for (let child = first + 1; child < end; child++) {
        const other = cells[child]!;
        if (other > least || (other === least && this.seqAt(child) >= this.seqAt(min))) continue;
        min = child;
        least = other;
      }
      if (key < least || (key === least && seq < this.seqAt(min))) break;
      this.#move(min, i);
      i = min;
    }
    this.#put(i, key, seq, handle);
  }

  #move(from: number, to: number): void {
    this.#put(to, this.keyAt(from), this.seqAt(from), this.handleAt(from));
  }

  #put(i: number, key: number, seq: number, handle: number): void {
    const cells = this.#cells;
    const at = this.#room + 2 * i;
    cells[i] = key;
    cells[at] = seq;
    cells[at + 1] = handle;
  }

  #resize(room: number): void {
    const size = this.#size;
    const cells = new Float64Array(3 * room);
    cells.set(this.#cells.subarray(0, size));
    cells.set(this.#cells.subarray(this.#room, this.#room + 2 * size), room);
    this.#cells = cells;
    this.#room = room;
  }
}
