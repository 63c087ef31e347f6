// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
/**
 * Tournament by (key, seq): the least entry in O(1), a change in O(log n). An entry with key Infinity takes no part, hence real keys are
 * finite. Entries are small integers of the owner's choosing; the tree grows to hold the largest.
 */
export class WinnerTree {
  #keys = new Float64Array(1).fill(Number.POSITIVE_INFINITY);
  #seqs = new Float64Array(1);
  // Leaf i of the tournament is node #size + i and always holds i.
  #wins = new Int32Array(2);
  #size = 1;

  /** The least entry, or -1 when none takes part. */
  best(): number {
    const winner = this.#wins[1]!;
    return this.#keys[winner] === Number.POSITIVE_INFINITY ? -1 : winner;
  }

  keyOf(entry: number): number {
    return this.#keys[entry] ?? Number.POSITIVE_INFINITY;
  }
  seqOf(entry: number): number {
    return this.#seqs[entry] ?? 0;
  }

  set(entry: number, key: number, seq: number): void {
    if (entry >= this.#size) this.#grow(entry + 1);
    const keys = this.#keys;
    const seqs = this.#seqs;
    const wins = this.#wins;
    keys[entry] = key;
    seqs[entry] = seq;
    for (let i = (this.#size + entry) >> 1; i > 0; i >>= 1) wins[i] = this.#winner(wins[2 * i]!, wins[2 * i + 1]!);
  }

  clear(entry: number): void {
    if (entry < this.#size) this.set(entry, Number.POSITIVE_INFINITY, 0);
  }

  #winner(a: number, b: number): number {
    const keys = this.#keys;
    const seqs = this.#seqs;
    return keys[a]! < keys[b]! || (keys[a] === keys[b] && seqs[a]! <= seqs[b]!) ? a : b;
  }

  #grow(entries: number): void {
    let size = this.#size;
    while (size < entries) size <<= 1;
    const keys = new Float64Array(size).fill(Number.POSITIVE_INFINITY);
    const seqs = new Float64Array(size);
    keys.set(this.#keys);
    seqs.set(this.#seqs);
    this.#keys = keys;
    this.#seqs = seqs;
    this.#wins = new Int32Array(2 * size);
    this.#size = size;
    for (let i = 0; i < size; i++) this.#wins[size + i] = i;
    for (let i = size - 1; i > 0; i--) this.#wins[i] = this.#winner(this.#wins[2 * i]!, this.#wins[2 * i + 1]!);
  }
}
