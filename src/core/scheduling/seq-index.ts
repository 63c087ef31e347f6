// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
/** Where the sequence number of a row can be read. */
export interface SeqColumn {
  seqAt(row: number): number;
}

const segmentBits = 7;
const segments = 1 << segmentBits;
const firstRoom = 8;
// A slot is row + 1 and eight bits of the hash, so that looking past another entry seldom touches that entry's row.
const rowMask = 2 ** 24 - 1;
/** Rows must be below. */
export const mostRows = rowMask;

/**
 * Map from sequence number to row at about 8 bytes an entry: open addressing with linear probing over rows alone, the numbers stay in the
 * owner's column. It is cut into segments that grow one at a time, so that no single insert pays for moving a million entries.
 */
export class SeqIndex {
  readonly #column: SeqColumn;
  // 0 is free.
  readonly #slots: Int32Array[] = [];
  readonly #used = new Int32Array(segments);

  constructor(column: SeqColumn) {
    this.#column = column;
    for (let i = 0; i < segments; i++) this.#slots.push(new Int32Array(firstRoom));
  }

  /** Row of `seq`, or -1. */
  get(seq: number): number {
    const hash = hashOf(seq);
    const slots = this.#slots[hash & (segments - 1)]!;
    const mask = slots.length - 1;
    const tag = tagOf(hash);
    for (let i = (hash >>> segmentBits) & mask; slots[i] !== 0; i = (i + 1) & mask) {
      const slot = slots[i]!;
      if ((slot & ~rowMask) === tag && this.#column.seqAt((slot & rowMask) - 1) === seq) return (slot & rowMask) - 1;
    }
    return -1;
  }

  /** @returns false, and changes nothing, when `seq` is in it already. */
  add(seq: number, row: number): boolean {
    const hash = hashOf(seq);
    const segment = hash & (segments - 1);
    let slots = this.#slots[segment]!;
    if (4 * (this.#used[segment]! + 1) > 3 * slots.length) slots = this.#grow(segment);
    const mask = slots.length - 1;
    const tag = tagOf(hash);
    let i = (hash >>> segmentBits) & mask;
    for (; slots[i] !== 0; i = (i + 1) & mask) {
      const slot = slots[i]!;
      if ((slot & ~rowMask) === tag && this.#column.seqAt((slot & rowMask) - 1) === seq) return false;
    }
    slots[i] = (row + 1) | tag;
    this.#used[segment] = this.#used[segment]! + 1;
    return true;
  }

  /** `seq` must be in it, and its row still readable. */
  remove(seq: number): void {
    const hash = hashOf(seq);
    const segment = hash & (segments - 1);
    const slots = this.#slots[segment]!;
    const mask = slots.length - 1;
    const tag = tagOf(hash);
    let hole = (hash >>> segmentBits) & mask;
    while ((slots[hole]! & ~rowMask) !== tag || this.#column.seqAt((slots[hole]! & rowMask) - 1) !== seq) hole = (hole + 1) & mask;
    // Later entries of the run move back into the hole when their own place is not behind it: no tombstones.
    for (let i = (hole + 1) & mask; slots[i] !== 0; i = (i + 1) & mask) {
      const home = (hashOf(this.#column.seqAt((slots[i]! & rowMask) - 1)) >>> segmentBits) & mask;
      if (((i - home) & mask) >= ((i - hole) & mask)) {
        slots[hole] = slots[i]!;
        hole = i;
      }
    }
    slots[hole] = 0;
    this.#used[segment] = this.#used[segment]! - 1;
  }

  clear(): void {
    for (let i = 0; i < segments; i++) this.#slots[i] = new Int32Array(firstRoom);
    this.#used.fill(0);
  }

  #grow(segment: number): Int32Array {
    const old = this.#slots[segment]!;
    const slots = new Int32Array(2 * old.length);
    for (const entry of old) if (entry !== 0) place(slots, hashOf(this.#column.seqAt((entry & rowMask) - 1)), entry);
    this.#slots[segment] = slots;
    return slots;
  }
}

function place(slots: Int32Array, hash: number, entry: number): void {
  const mask = slots.length - 1;
  let i = (hash >>> segmentBits) & mask;
  while (slots[i] !== 0) i = (i + 1) & mask;
  slots[i] = entry;
}

function tagOf(hash: number): number {
  return hash & ~rowMask;
}

/** Mixes all bits of an integer up to 2^53: the low bits choose the segment, the rest the slot. */
function hashOf(seq: number): number {
  let h = (seq | 0) ^ Math.imul((seq / 2 ** 32) | 0, 0x9e3779b1);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
