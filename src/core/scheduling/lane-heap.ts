// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
const smallest = 8;

/**
 * 4-ary min-heap by (key, seq). Keys lie inline in typed arrays: no objects and no comparator, because both are several times slower.
 * `handle` says where the task lies in the task table and whether the entry still means it; a cancelled task leaves its entry behind as a
 * tombstone, which the owner drops at the head (`pop`) or all at once (`keep`).
 */
export class LaneHeap {
  #keys: Float64Array;
  #seqs: Float64Array;
  #handles: Uint32Array;
  #size = 0;
  /** Some entries may be tombstones. To be told by the owner; it is forgotten when they are dropped. */
  mayHoldTombstones = false;

  /** @param room entries to make room for at once, so that a lane of known length never has to be copied. */
  constructor(room = smallest) {
    const length = Math.max(smallest, room);
    this.#keys = new Float64Array(length);
    this.#seqs = new Float64Array(length);
    this.#handles = new Uint32Array(length);
  }

  /** Entries, tombstones included. */
  get size(): number {
    return this.#size;
  }
  get headKey(): number {
    return this.#size === 0 ? Number.POSITIVE_INFINITY : this.#keys[0]!;
  }
  get headSeq(): number {
    return this.#size === 0 ? 0 : this.#seqs[0]!;
  }
  /** Only of a heap that is not empty. */
  get headHandle(): number {
    return this.#handles[0]!;
  }

  keyAt(i: number): number {
    return this.#keys[i]!;
  }
  seqAt(i: number): number {
    return this.#seqs[i]!;
  }
  handleAt(i: number): number {
    return this.#handles[i]!;
  }
  /** Whether entry `i` comes before (key, seq). */
  isBefore(i: number, key: number, seq: number): boolean {
    return this.#keys[i]! < key || (this.#keys[i] === key && this.#seqs[i]! < seq);
  }

  /** @returns true when the head changed. */
  push(key: number, seq: number, handle: number): boolean {
    if (this.#size === this.#keys.length) this.#resize(Math.ceil(this.#size * 1.5));
    const keys = this.#keys;
    const seqs = this.#seqs;
    let i = this.#size++;
    for (let up = (i - 1) >> 2; i > 0; up = (i - 1) >> 2) {
      if (keys[up]! < key || (keys[up] === key && seqs[up]! < seq)) break;
      this.#put(i, keys[up]!, seqs[up]!, this.#handles[up]!);
      i = up;
    }
    this.#put(i, key, seq, handle);
    return i === 0;
  }

  /** Drops the head. Only of a heap that is not empty. */
  pop(): void {
    const last = --this.#size;
    this.#sink(0, this.#keys[last]!, this.#seqs[last]!, this.#handles[last]!);
    const room = this.#keys.length;
    if (last * 4 < room && room > 1024) this.#resize(room >> 1);
  }

  /** Keeps the entries `isLive` answers for and drops the rest: O(n). */
  keep(isLive: (seq: number, handle: number) => boolean): void {
    let size = 0;
    for (let i = 0; i < this.#size; i++) {
      if (isLive(this.#seqs[i]!, this.#handles[i]!)) this.#put(size++, this.#keys[i]!, this.#seqs[i]!, this.#handles[i]!);
    }
    this.#size = size;
    this.mayHoldTombstones = false;
    for (let i = (size - 2) >> 2; i >= 0; i--) this.#sink(i, this.#keys[i]!, this.#seqs[i]!, this.#handles[i]!);
    const room = this.#keys.length;
    if (size * 4 < room && room > 1024) this.#resize(Math.max(1024, size * 2));
  }

  clear(): void {
    this.#size = 0;
    this.mayHoldTombstones = false;
    if (this.#keys.length > 1024) this.#resize(smallest);
  }

  #sink(from: number, key: number, seq: number, handle: number): void {
    const keys = this.#keys;
    const seqs = this.#seqs;
    const size = this.#size;
    let i = from;
    for (let first = 4 * i + 1; first < size; first = 4 * i + 1) {
      let min = first;
      const end = Math.min(first + 4, size);
      for (let child = first + 1; child < end; child++) {
        if (keys[child]! < keys[min]! || (keys[child] === keys[min] && seqs[child]! < seqs[min]!)) min = child;
      }
      if (key < keys[min]! || (key === keys[min] && seq < seqs[min]!)) break;
      this.#put(i, keys[min]!, seqs[min]!, this.#handles[min]!);
      i = min;
    }
    this.#put(i, key, seq, handle);
  }

  #put(i: number, key: number, seq: number, handle: number): void {
    this.#keys[i] = key;
    this.#seqs[i] = seq;
    this.#handles[i] = handle;
  }

  #resize(room: number): void {
    const size = this.#size;
    const keys = new Float64Array(room);
    const seqs = new Float64Array(room);
    const handles = new Uint32Array(room);
    keys.set(this.#keys.subarray(0, size));
    seqs.set(this.#seqs.subarray(0, size));
    handles.set(this.#handles.subarray(0, size));
    this.#keys = keys;
    this.#seqs = seqs;
    this.#handles = handles;
  }
}
