import type { Clock } from '../ports/clock.ts';

/** One timed thing. Fires once, unless it was removed before. */
export interface Timer {
  readonly fire: (timer: Timer) => void;
  readonly seq: number;
  /** Monotonic ms at which it is due, rounded up to the next tick. */
  readonly tick: number;
}

export interface Timers {
  /** @param delayMs from now; negative is now. @param seq handed to `fire`, so that one function serves all tasks. */
  add(delayMs: number, seq: number, fire: (timer: Timer) => void): Timer;
  /** Removing it twice, or after it fired, does nothing. */
  remove(timer: Timer): void;
  /** Timers that have not fired yet. */
  readonly size: number;
  /** Nothing fires any more, and what is added later never does. */
  stop(): void;
}

const tickMs = 5;
/** Node.js fires a longer timeout at once. */
const longestDelayMs = 2 ** 31 - 1;

/**
 * Everything timed in the engine on one armed timer: entries are kept in buckets of 5 ms, so adding and removing is O(1) and a million
 * attempts that end long before their timeout cost nothing.
 */
export function createTimers(clock: Clock): Timers {
  const buckets = new Map<number, Set<Timer>>();
  const ticks = new TickHeap();
  let size = 0;
  let armedFor = Number.POSITIVE_INFINITY;
  let stopped = false;
  let disarm = () => {};

  function add(delayMs: number, seq: number, fire: (timer: Timer) => void): Timer {
    const tick = Math.ceil((clock.monotonicMs() + Math.max(0, delayMs)) / tickMs);
    const timer = { fire, seq, tick };
    if (stopped) return timer;
    const bucket = buckets.get(tick);
    if (bucket === undefined) {
      buckets.set(tick, new Set([timer]));
      ticks.push(tick);
      if (tick < armedFor) arm();
    } else bucket.add(timer);
    size++;
    return timer;
  }

  function remove(timer: Timer): void {
    if (buckets.get(timer.tick)?.delete(timer) === true) size--;
  }

  function arm(): void {
    disarm();
    dropEmpty();
    armedFor = ticks.least;
    if (armedFor === Number.POSITIVE_INFINITY) return;
    const delay = Math.max(0, armedFor * tickMs - clock.monotonicMs());
    disarm = clock.after(Math.min(delay, longestDelayMs), onTick);
  }

  function onTick(): void {
    const now = clock.monotonicMs();
    while (ticks.least * tickMs <= now) {
      const tick = ticks.pop();
      const bucket = buckets.get(tick) ?? [];
      for (const timer of bucket) {
        remove(timer); // and whoever fires may still remove the ones after it
        timer.fire(timer);
      }
      buckets.delete(tick);
    }
    arm();
  }

  /** A bucket whose timers were all removed must not wake an idle server. */
  function dropEmpty(): void {
    while (ticks.least !== Number.POSITIVE_INFINITY && buckets.get(ticks.least)?.size === 0) buckets.delete(ticks.pop());
  }

  return {
    add,
    remove,
    get size() {
      return size;
    },
    stop() {
      stopped = true;
      disarm();
      buckets.clear();
      ticks.clear();
      size = 0;
      armedFor = Number.POSITIVE_INFINITY;
    },
  };
}

/** Binary min-heap of distinct ticks. */
class TickHeap {
  #ticks: number[] = [];

  get least(): number {
    return this.#ticks[0] ?? Number.POSITIVE_INFINITY;
  }

  push(tick: number): void {
    const ticks = this.#ticks;
    let i = ticks.push(tick) - 1;
    while (i > 0) {
      const up = (i - 1) >> 1;
      const above = ticks[up] as number; // up < i < length
      if (above <= tick) break;
      ticks[i] = above;
      i = up;
    }
    ticks[i] = tick;
  }

  pop(): number {
    const ticks = this.#ticks;
    const least = this.least;
    const last = ticks.pop();
    if (last === undefined || ticks.length === 0) return least;
    let i = 0;
    for (let child = 1; child < ticks.length; child = 2 * i + 1) {
      const right = ticks[child + 1];
      if (right !== undefined && right < (ticks[child] as number)) child++;
      const below = ticks[child] as number; // child < length
      if (last <= below) break;
      ticks[i] = below;
      i = child;
    }
    ticks[i] = last;
    return least;
  }

  clear(): void {
    this.#ticks = [];
  }
}
