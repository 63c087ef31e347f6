import type { Ms } from '../domain/units.ts';

/** One waiting entry. `slot` is where the heap keeps it, -1 outside; only the heap writes it. */
export interface TimerEntry {
  readonly at: Ms;
  /** Order among entries of the same `at`, smaller first. */
  readonly tie: number;
  /** Order among equals in both, smaller first: the order of arming. */
  readonly order: number;
  slot: number;
}

export interface TimerHeap<T extends TimerEntry> {
  push(entry: T): void;
  peek(): T | undefined;
  pop(): T | undefined;
  /** Takes an entry out early, so that cancelled timers cost no memory until they would have been due. Twice does nothing. */
  remove(entry: T): void;
  /** In no order. */
  all(): readonly T[];
}

/** A binary heap of timers, smallest `at` first, in which each entry knows its place: push, pop and remove are O(log n). */
export function createTimerHeap<T extends TimerEntry>(): TimerHeap<T> {
  const heap: T[] = [];

  const place = (entry: T, slot: number) => {
    heap[slot] = entry;
    entry.slot = slot;
  };

  function siftUp(entry: T, from: number) {
    let slot = from;
    while (slot > 0) {
      const parentSlot = (slot - 1) >> 1;
      const parent = heap[parentSlot];
      if (!parent || !isBefore(entry, parent)) break;
      place(parent, slot);
      slot = parentSlot;
    }
    place(entry, slot);
  }

  function siftDown(entry: T, from: number) {
    let slot = from;
    for (;;) {
      const left = heap[2 * slot + 1];
      const right = heap[2 * slot + 2];
      const child = left && right && isBefore(right, left) ? right : left;
      if (!child || !isBefore(child, entry)) break;
      const childSlot = child.slot;
      place(child, slot);
      slot = childSlot;
    }
    place(entry, slot);
  }

  function remove(entry: T) {
    const slot = entry.slot;
    if (slot < 0) return;
    entry.slot = -1;
    const last = heap.pop();
    if (!last || last === entry) return;
    const parent = heap[(slot - 1) >> 1];
    if (slot > 0 && parent && isBefore(last, parent)) siftUp(last, slot);
    else siftDown(last, slot);
  }

  return {
    push(entry) {
      heap.push(entry);
      siftUp(entry, heap.length - 1);
    },
    peek: () => heap[0],
    pop() {
      const first = heap[0];
      if (first) remove(first);
      return first;
    },
    remove,
    all: () => heap,
  };
}

function isBefore(a: TimerEntry, b: TimerEntry): boolean {
  if (a.at !== b.at) return a.at < b.at;
  if (a.tie !== b.tie) return a.tie < b.tie;
  return a.order < b.order;
}
