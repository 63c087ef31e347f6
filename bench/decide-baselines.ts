import type { TaskEntry } from '../src/core/domain/task.ts';
import type { PoolEntry } from '../src/core/scheduling/core.ts';

/** What both baselines and ours can do, as far as the measured cycle needs it. All decide first in, first out, home region first. */
export interface Decider {
  submit(task: TaskEntry): void;
  finish(seq: number): void;
  /** The seqs started. */
  decide(): number[];
}

interface LivePool extends PoolEntry {
  free: number;
}

const needOf = (task: TaskEntry) => `${task.type} ${task.resourceType} ${task.region} ${task.slots}`;

/** Grouped by need like ours, but the pool is found by looking through all pools. */
export function linearScan(entries: readonly PoolEntry[]): Decider {
  const pools: LivePool[] = entries.map((pool) => ({ ...pool, free: pool.capacity }));
  const queues = new Map<string, { tasks: TaskEntry[]; head: number }>();
  const running = new Map<number, { pool: LivePool; slots: number }>();
  let free = pools.reduce((sum, pool) => sum + pool.free, 0);

  const find = (task: TaskEntry, atHome: boolean) =>
    pools.find(
      (pool) =>
        pool.free >= task.slots &&
        (task.resourceType === null || pool.resourceType === task.resourceType) &&
        (!atHome || pool.region === task.region),
    );

  return {
    submit(task) {
      const key = needOf(task);
      const queue = queues.get(key) ?? { tasks: [], head: 0 };
      queues.set(key, queue);
      queue.tasks.push(task);
    },
    finish(seq) {
      const { pool, slots } = running.get(seq)!;
      running.delete(seq);
      pool.free += slots;
      free += slots;
    },
    decide() {
      const started: number[] = [];
      const candidates = [...queues.values()].filter((queue) => queue.head < queue.tasks.length);
      while (candidates.length > 0 && free > 0) {
        candidates.sort((a, b) => b.tasks[b.head]!.seq - a.tasks[a.head]!.seq);
        const queue = candidates.at(-1)!;
        const task = queue.tasks[queue.head]!;
        const pool = find(task, true) ?? find(task, false);
        if (pool === undefined) candidates.pop();
        else {
          pool.free -= task.slots;
          free -= task.slots;
          running.set(task.seq, { pool, slots: task.slots });
          started.push(task.seq);
          if (++queue.head === queue.tasks.length) candidates.pop();
        }
      }
      return started;
    },
  };
}

/** The usual way: priority queues of objects with a comparator, for the tasks of each need and for the free pools of each kind. */
export function objectHeaps(entries: readonly PoolEntry[]): Decider {
  const byId = (a: LivePool, b: LivePool) => a.id - b.id;
  const bySeq = (a: TaskEntry, b: TaskEntry) => a.seq - b.seq;
  const free = new Map<string, Heap<LivePool>>();
  const queues = new Map<string, Heap<TaskEntry>>();
  const running = new Map<number, { pool: LivePool; slots: number }>();

  const kindsOf = (pool: PoolEntry) => [pool.resourceType, null].flatMap((resource) => [`${resource} ${pool.region}`, `${resource} any`]);
  const offer = (pool: LivePool) => {
    for (const kind of kindsOf(pool)) {
      const heap = free.get(kind) ?? new Heap<LivePool>(byId);
      free.set(kind, heap);
      heap.push(pool);
    }
  };
  for (const pool of entries) offer({ ...pool, free: pool.capacity });

  /** Pools that filled up meanwhile are dropped here; they come back when they get room. */
  const first = (kind: string, slots: number): LivePool | undefined => {
    const heap = free.get(kind);
    while (heap !== undefined && heap.size > 0 && heap.peek().free < slots) heap.pop();
    return heap === undefined || heap.size === 0 ? undefined : heap.peek();
  };

  return {
    submit(task) {
      const key = needOf(task);
      const heap = queues.get(key) ?? new Heap<TaskEntry>(bySeq);
      queues.set(key, heap);
      heap.push(task);
    },
    finish(seq) {
      const { pool, slots } = running.get(seq)!;
      running.delete(seq);
      pool.free += slots;
      if (pool.free === slots) offer(pool);
    },
    decide() {
      const started: number[] = [];
      const blocked = new Set<Heap<TaskEntry>>();
      for (;;) {
        let best: Heap<TaskEntry> | undefined;
        for (const heap of queues.values()) {
          if (heap.size === 0 || blocked.has(heap)) continue;
          if (best === undefined || bySeq(heap.peek(), best.peek()) < 0) best = heap;
        }
        if (best === undefined) return started;
        const task = best.peek();
        const pool = first(`${task.resourceType} ${task.region}`, task.slots) ?? first(`${task.resourceType} any`, task.slots);
        if (pool === undefined) blocked.add(best);
        else {
          best.pop();
          pool.free -= task.slots;
          running.set(task.seq, { pool, slots: task.slots });
          started.push(task.seq);
        }
      }
    },
  };
}

class Heap<T> {
  readonly #items: T[] = [];
  readonly #compare: (a: T, b: T) => number;

  constructor(compare: (a: T, b: T) => number) {
    this.#compare = compare;
  }

  get size(): number {
    return this.#items.length;
  }

  peek(): T {
    return this.#items[0]!;
  }

  push(item: T): void {
    const items = this.#items;
    let i = items.push(item) - 1;
    for (let up = (i - 1) >> 1; i > 0 && this.#compare(item, items[up]!) < 0; up = (i - 1) >> 1) {
      items[i] = items[up]!;
      i = up;
    }
    items[i] = item;
  }

  pop(): void {
    const items = this.#items;
    const item = items.pop()!;
    if (items.length === 0) return;
    let i = 0;
    for (let child = 1; child < items.length; child = 2 * i + 1) {
      if (child + 1 < items.length && this.#compare(items[child + 1]!, items[child]!) < 0) child++;
      if (this.#compare(item, items[child]!) <= 0) break;
      items[i] = items[child]!;
      i = child;
    }
    items[i] = item;
  }
}
