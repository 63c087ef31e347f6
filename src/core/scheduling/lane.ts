import type { EpochMs } from '../domain/units.ts';
import { LaneHeap } from './lane-heap.ts';
import type { Shape } from './need.ts';
import { WinnerTree } from './winner-tree.ts';

/** Who goes first: lower ranks, then lower keys, then lower sequence numbers. Rank Infinity: nobody. */
export interface Standing {
  readonly rank: number;
  readonly key: number;
  readonly seq: number;
}

/** Waiting tasks of one shape that keep their order among themselves: all of them, or those of one bucket or one tenant. */
export class Lane implements Standing {
  // What is asked most comes first: fields lie in memory as they are declared.
  /** Where its need compares it with its other lanes. */
  readonly heads: WinnerTree;
  /** Place among the lanes of the need. */
  readonly entry: number;
  readonly shape: Shape;
  readonly heap: LaneHeap;
  /** Which lane of its shape: a bucket or a tenant, as the order says. */
  readonly mark: number;
  /** Turns of its tenant, as its need was last told; -1: they take none. */
  turns = -1;
  /** Its head waits although there is room, until then; Infinity: until there is more room; 0: it does not. */
  heldUntil: EpochMs = 0;
  /** While it is held: because its tenant has not the money. */
  lacksMoney = false;
  /** Nothing waits in it any more, and its heap serves another lane. */
  isDropped = false;

  constructor(shape: Shape, mark: number, entry: number, heap: LaneHeap = new LaneHeap(), heads: WinnerTree = new WinnerTree()) {
    this.shape = shape;
    this.mark = mark;
    this.entry = entry;
    this.heap = heap;
    this.heads = heads;
  }

  // Of its head, as its need was last told.
  get rank(): number {
    return this.isDropped ? Number.POSITIVE_INFINITY : this.heads.rankOf(this.entry);
  }
  get key(): number {
    return this.isDropped ? 0 : this.heads.keyOf(this.entry);
  }
  get seq(): number {
    return this.isDropped ? 0 : this.heads.seqOf(this.entry);
  }

  get waitsForMoney(): boolean {
    return this.lacksMoney && this.heldUntil > 0;
  }
}

/** Whether the one goes before the other. */
export function isBefore(a: Standing, b: Standing): boolean {
  if (a.rank !== b.rank) return a.rank < b.rank;
  return a.key < b.key || (a.key === b.key && a.seq < b.seq);
}

/** Those that go first come first. */
export function byStanding(a: Standing, b: Standing): number {
  if (a.rank !== b.rank) return a.rank < b.rank ? -1 : 1;
  return a.key - b.key || a.seq - b.seq;
}
