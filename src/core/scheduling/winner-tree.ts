// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
/**
 * Tournament by (rank, key, seq): the least entry in O(1), a change in O(log n). An entry with rank Infinity takes no part, hence real ranks
 * are finite. Entries are small integers of the owner's choosing; the tree grows to hold the largest.
 */
export class WinnerTree {
  // By entry. Neighbours meet first, and nearly always one number decides: so eight of them lie in one line of the processor's cache.
  #ranks = new Float64Array(1).fill(Number.POSITIVE_INFINITY);
  #keys = new Float64Array(1);
  #seqs = new Float64Array(1);
  // Leaf i of the tournament is node #size + i and always holds i.
  #wins = new Int32Array(2);
  #size = 1;

  /** The least entry, or -1 when none takes part. */
  best(): number {
    const winner = this.#wins[1]!;
    return this.#ranks[winner] === Number.POSITIVE_INFINITY ? -1 : winner;
  }

  /** Infinity: it takes no part. */
  rankOf(entry: number): number {
    return this.#ranks[entry] ?? Number.POSITIVE_INFINITY;
  }
  keyOf(entry: number): number {
    return this.#keys[entry] ?? 0;
  }
  seqOf(entry: number): number {
    return this.#seqs[entry] ?? 0;
  }

  set(entry: number, rank: number, key: number, seq: number): void {
    if (entry >= this.#size) this.#grow(entry + 1);
    this.#ranks[entry] = rank;
    this.#keys[entry] = key;
    this.#seqs[entry] = seq;
    this.#play(entry);
  }

  /** Of an entry that takes part: only its rank is another. @returns whether it is the least, or was */
  setRank(entry: number, rank: number): boolean {
    this.#ranks[entry] = rank;
    return this.#play(entry);
  }

  clear(entry: number): void {
    if (entry < this.#size) this.set(entry, Number.POSITIVE_INFINITY, 0, 0);
  }

  /** The matches of an entry, up to where they change nothing. @returns whether it is the least, or was */
  #play(entry: number): boolean {
    const ranks = this.#ranks;
    const wins = this.#wins;
    let winner = entry;
    let rank = ranks[entry]!;
    for (let node = this.#size + entry; node > 1; node >>= 1) {
      const other = wins[node ^ 1]!;
      const otherRank = ranks[other]!;
      if (otherRank < rank || (otherRank === rank && this.#isBefore(other, winner))) {
        winner = other;
        rank = otherRank;
      }
      const up = node >> 1;
      if (wins[up] !== winner) wins[up] = winner;
      else if (winner !== entry) return false; // it neither won here nor does it now
    }
    return true;
  }

  /** Of two of the same rank. Of those that are alike, the smaller number. */
  #isBefore(a: number, b: number): boolean {
    const keyA = this.#keys[a]!;
    const keyB = this.#keys[b]!;
    if (keyA !== keyB) return keyA < keyB;
    const seqA = this.#seqs[a]!;
    const seqB = this.#seqs[b]!;
    return seqA < seqB || (seqA === seqB && a < b);
  }

  #grow(entries: number): void {
    let size = this.#size;
    while (size < entries) size <<= 1;
    const ranks = new Float64Array(size).fill(Number.POSITIVE_INFINITY);
    ranks.set(this.#ranks);
    this.#ranks = ranks;
    this.#keys = grown(this.#keys, size);
    this.#seqs = grown(this.#seqs, size);
    const wins = new Int32Array(2 * size);
    for (let i = 0; i < size; i++) wins[size + i] = i;
    for (let i = size - 1; i > 0; i--) {
      const [a, b] = [wins[2 * i]!, wins[2 * i + 1]!];
      wins[i] = ranks[a]! < ranks[b]! || (ranks[a] === ranks[b] && this.#isBefore(a, b)) ? a : b;
    }
    this.#wins = wins;
    this.#size = size;
  }
}

function grown(numbers: Float64Array, length: number): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(length);
  larger.set(numbers);
  return larger;
}
