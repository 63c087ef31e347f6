import { createTimerHeap, type TimerEntry } from '../domain/timer-heap.ts';
import type { Ms } from '../domain/units.ts';
import type { Clock } from '../ports/clock.ts';

/** Many delays on one timer of the clock: ten thousand attempts that wait cost ten thousand entries of a heap, not as many timers. */
export interface Delays {
  /** As `Clock.after`. */
  after(delayMs: Ms, fn: () => void): () => void;
  /** Calls off all that wait. */
  clear(): void;
}

interface Delay extends TimerEntry {
  readonly fn: () => void;
}

export function createDelays(clock: Clock): Delays {
  const heap = createTimerHeap<Delay>();
  let order = 0;
  let armedFor = Number.POSITIVE_INFINITY;
  let disarm = () => {};

  /** Keeps the clock's timer on the earliest entry. One that was called off leaves its timer, which then finds nothing to do. */
  function arm(): void {
    const at = heap.peek()?.at ?? Number.POSITIVE_INFINITY;
    if (at >= armedFor) return;
    disarm();
    armedFor = at;
    disarm = clock.after(at - clock.monotonicMs(), fire);
  }

  function fire(): void {
    armedFor = Number.POSITIVE_INFINITY;
    const now = clock.monotonicMs();
    for (let next = heap.peek(); next && next.at <= now; next = heap.peek()) {
      heap.pop();
      next.fn();
    }
    arm();
  }

  return {
    after(delayMs, fn) {
      const entry: Delay = { at: clock.monotonicMs() + Math.max(0, delayMs), tie: 0, order: order++, slot: -1, fn };
      heap.push(entry);
      arm();
      return () => heap.remove(entry);
    },
    clear() {
      disarm();
      armedFor = Number.POSITIVE_INFINITY;
      while (heap.pop());
    },
  };
}
