// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
/**
 * Tournament by (rank, key, seq): the least entry in O(1), a change in O(log n). An entry with rank Infinity takes no part, hence real ranks
 * are finite. Entries are small integers of the owner's choosing; the tree grows to hold the largest.
 */
export class WinnerTree {
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
    const keys = this.#keys;
    const seqs = this.#seqs;
    const wins = this.#wins;
    this.#ranks[entry] = rank;
    keys[entry] = key;
    seqs[entry] = seq;
    for (let i = (this.#size + entry) >> 1; i > 0; i >>= 1) {
      const winner = this.#winner(wins[2 * i]!, wins[2 * i + 1]!);
      if (winner === wins[i] && winner !== entry) return; // it neither won here nor does it now: nothing changes above
      wins[i] = winner;
    }
  }

  clear(entry: number): void {
    if (entry < this.#size) this.set(entry, Number.POSITIVE_INFINITY, 0, 0);
  }

  #winner(a: number, b: number): number {
    const ranks = this.#ranks;
    if (ranks[a] !== ranks[b]) return ranks[a]! < ranks[b]! ? a : b;
    const keys = this.#keys;
    const seqs = this.#seqs;
    return keys[a]! < keys[b]! || (keys[a] === keys[b] && seqs[a]! <= seqs[b]!) ? a : b;
  }

  #grow(entries: number): void {
    let size = this.#size;
    while (size < entries) size <<= 1;
    const ranks = new Float64Array(size).fill(Number.POSITIVE_INFINITY);
    const keys = new Float64Array(size);
    const seqs = new Float64Array(size);
    ranks.set(this.#ranks);
    keys.set(this.#keys);
    seqs.set(this.#seqs);
    this.#ranks = ranks;
    this.#keys = keys;
    this.#seqs = seqs;
    this.#wins = new Int32Array(2 * size);
    this.#size = size;
    for (let i = 0; i < size; i++) this.#wins[size + i] = i;
    for (let i = size - 1; i > 0; i--) this.#wins[i] = this.#winner(this.#wins[2 * i]!, this.#wins[2 * i + 1]!);
  }
}
