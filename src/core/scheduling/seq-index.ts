// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
/** Where the sequence number of a row can be read. */
export interface SeqColumn {
  seqAt(row: number): number;
}

const segmentBits = 7;
const segments = 1 << segmentBits;
const firstRoom = 8;
// A slot is row + 1, three bits of the hash, and how far the entry is from its home: so that looking past another entry, or moving it, seldom
// touches that entry's row, which may be anywhere in memory.
const rowMask = 2 ** 24 - 1;
const tagMask = 7 << 24;
const distanceBits = 27;
/** This far or further. */
const far = 31;
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
    const at = this.#find(slots, hash, seq);
    return slots[at] === 0 ? -1 : (slots[at]! & rowMask) - 1;
  }

  /** @returns false, and changes nothing, when `seq` is in it already. */
  add(seq: number, row: number): boolean {
    const hash = hashOf(seq);
    const segment = hash & (segments - 1);
    let slots = this.#slots[segment]!;
    if (4 * (this.#used[segment]! + 1) > 3 * slots.length) slots = this.#grow(segment);
    const at = this.#find(slots, hash, seq);
    if (slots[at] !== 0) return false;
    const home = (hash >>> segmentBits) & (slots.length - 1);
    slots[at] = entryOf(row, hash, (at - home) & (slots.length - 1));
    this.#used[segment] = this.#used[segment]! + 1;
    return true;
  }

  /** `seq` must be in it, and its row still readable. */
  remove(seq: number): void {
    const hash = hashOf(seq);
    const segment = hash & (segments - 1);
    const slots = this.#slots[segment]!;
    const mask = slots.length - 1;
    let hole = this.#find(slots, hash, seq);
    // Later entries of the run move back into the hole when their own place is not behind it: no tombstones.
    for (let i = (hole + 1) & mask; slots[i] !== 0; i = (i + 1) & mask) {
      const back = (i - hole) & mask;
      const distance = this.#distanceAt(slots, i);
      if (distance < back) continue;
      slots[hole] = movedTo(slots[i]!, distance - back);
      hole = i;
    }
    slots[hole] = 0;
    this.#used[segment] = this.#used[segment]! - 1;
  }

  /** Where it is, or would be. */
  #find(slots: Int32Array, hash: number, seq: number): number {
    const mask = slots.length - 1;
    let at = (hash >>> segmentBits) & mask;
    for (let distance = 0; slots[at] !== 0; distance++, at = (at + 1) & mask) {
      const slot = slots[at]!;
      const isAlike = slot >>> distanceBits === Math.min(distance, far) && (slot & tagMask) === tagOf(hash);
      if (isAlike && this.#column.seqAt((slot & rowMask) - 1) === seq) break;
    }
    return at;
  }

  /** How far the entry there is from its home. */
  #distanceAt(slots: Int32Array, at: number): number {
    const slot = slots[at]!;
    const distance = slot >>> distanceBits;
    if (distance < far) return distance;
    const mask = slots.length - 1;
    return (at - (hashOf(this.#column.seqAt((slot & rowMask) - 1)) >>> segmentBits)) & mask;
  }

  clear(): void {
    for (let i = 0; i < segments; i++) this.#slots[i] = new Int32Array(firstRoom);
    this.#used.fill(0);
  }

  #grow(segment: number): Int32Array {
    const old = this.#slots[segment]!;
    const slots = new Int32Array(2 * old.length);
    for (const entry of old) {
      if (entry !== 0) place(slots, hashOf(this.#column.seqAt((entry & rowMask) - 1)), (entry & rowMask) - 1);
    }
    this.#slots[segment] = slots;
    return slots;
  }
}

function place(slots: Int32Array, hash: number, row: number): void {
  const mask = slots.length - 1;
  let at = (hash >>> segmentBits) & mask;
  let distance = 0;
  for (; slots[at] !== 0; distance++) at = (at + 1) & mask;
  slots[at] = entryOf(row, hash, distance);
}

function entryOf(row: number, hash: number, distance: number): number {
  return (row + 1) | tagOf(hash) | (Math.min(distance, far) << distanceBits);
}

function movedTo(slot: number, distance: number): number {
  return (slot & (rowMask | tagMask)) | (Math.min(distance, far) << distanceBits);
}

/** Of the bits that choose no slot, or seldom one. */
function tagOf(hash: number): number {
  return (hash >>> 5) & tagMask;
}

/** Mixes all bits of an integer up to 2^53: the low bits choose the segment, the rest the slot. */
function hashOf(seq: number): number {
  let h = (seq | 0) ^ Math.imul((seq / 2 ** 32) | 0, 0x9e3779b1);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
