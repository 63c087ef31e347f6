// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
/** Numbers kept of an entry. */
const stride = 4;

/**
 * Tournament by (rank, key, seq): the least entry in O(1), a change in O(log n). An entry with rank Infinity takes no part, hence real ranks
 * are finite. Entries are small integers of the owner's choosing; the tree grows to hold the largest.
 */
export class WinnerTree {
  // By entry, together because they are compared together: rank, key, seq, and nothing.
  #cells = new Float64Array(stride).fill(Number.POSITIVE_INFINITY, 0, 1);
  // Leaf i of the tournament is node #size + i and always holds i.
  #wins = new Int32Array(2);
  #size = 1;

  /** The least entry, or -1 when none takes part. */
  best(): number {
    const winner = this.#wins[1]!;
    return this.#cells[stride * winner] === Number.POSITIVE_INFINITY ? -1 : winner;
  }

  /** Infinity: it takes no part. */
  rankOf(entry: number): number {
    return this.#cells[stride * entry] ?? Number.POSITIVE_INFINITY;
  }
  keyOf(entry: number): number {
    return this.#cells[stride * entry + 1] ?? 0;
  }
  seqOf(entry: number): number {
    return this.#cells[stride * entry + 2] ?? 0;
  }

  set(entry: number, rank: number, key: number, seq: number): void {
    if (entry >= this.#size) this.#grow(entry + 1);
    const cells = this.#cells;
    const wins = this.#wins;
    const at = stride * entry;
    cells[at] = rank;
    cells[at + 1] = key;
    cells[at + 2] = seq;
    for (let i = (this.#size + entry) >> 1; i > 0; i >>= 1) {
      const winner = winnerOf(cells, wins[2 * i]!, wins[2 * i + 1]!);
      if (winner === wins[i] && winner !== entry) return; // it neither won here nor does it now: nothing changes above
      wins[i] = winner;
    }
  }

  clear(entry: number): void {
    if (entry < this.#size) this.set(entry, Number.POSITIVE_INFINITY, 0, 0);
  }

  #grow(entries: number): void {
    const before = this.#size;
    let size = before;
    while (size < entries) size <<= 1;
    const cells = new Float64Array(stride * size);
    cells.set(this.#cells);
    for (let entry = before; entry < size; entry++) cells[stride * entry] = Number.POSITIVE_INFINITY;
    const wins = new Int32Array(2 * size);
    for (let i = 0; i < size; i++) wins[size + i] = i;
    for (let i = size - 1; i > 0; i--) wins[i] = winnerOf(cells, wins[2 * i]!, wins[2 * i + 1]!);
    this.#cells = cells;
    this.#wins = wins;
    this.#size = size;
  }
}

function winnerOf(cells: Float64Array, a: number, b: number): number {
  const atA = stride * a;
  const atB = stride * b;
  if (cells[atA] !== cells[atB]) return cells[atA]! < cells[atB]! ? a : b;
  const keyA = cells[atA + 1]!;
  const keyB = cells[atB + 1]!;
  return keyA < keyB || (keyA === keyB && cells[atA + 2]! <= cells[atB + 2]!) ? a : b;
}
