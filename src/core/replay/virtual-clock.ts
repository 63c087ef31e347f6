import type { EpochMs, Ms } from '../domain/units.ts';
import type { Clock } from '../ports/clock.ts';
import { createTimerHeap, type TimerEntry } from './timer-heap.ts';

/**
 * A clock whose time moves only when told to, so that hours pass in milliseconds and every run with the same events is the same run.
 * It never reads the system's time and never yields: whoever drives it lets promises settle between two events.
 */
export interface VirtualClock extends Clock {
  /** The same time, with timers that belong to `owner`: one incarnation of a server, say. */
  owned(owner: string): Clock;
  /** Drops every timer and `soon` call of `owner`, as a crash does. Returns how many there were. */
  dropOwner(owner: string): number;
  /** Runs the next event, moving time to it. `false`: there is none. */
  runNext(): boolean;
  /** Runs all events due up to and including `monotonicMs`, those they arm included, and stands there. Time never goes back. */
  advanceTo(monotonicMs: Ms): void;
  /** As `advanceTo`, awaiting `turn` after each event and once at the end, so that what the events resolved has its say in between. */
  settleTo(monotonicMs: Ms, turn: () => Promise<void>): Promise<void>;
  /** When the next event is due; Infinity: there is none. */
  nextAt(): Ms;
  /** Moves the wall clock by `deltaMs`, either way. Monotonic time and timers do not notice. */
  jumpWall(deltaMs: Ms): void;
  /** Events that wait; with `owner`, only theirs. A test that ends with any has left something behind. */
  pending(owner?: string): number;
}

export interface VirtualClockOptions {
  /** Wall time at monotonic 0. */
  readonly startAt?: EpochMs;
  /**
   * Draws the order among events due at the same millisecond, smaller first; without it they run in the order they were armed.
   * A seeded draw lets a simulation meet the rare orders.
   */
  readonly tie?: () => number;
}

interface Event extends TimerEntry {
  readonly owner: string;
  readonly fn: () => void;
}

const unowned = '';

export function createVirtualClock(options: VirtualClockOptions = {}): VirtualClock {
  const { startAt = Date.UTC(2026, 0, 1), tie = () => 0 } = options;
  const timers = createTimerHeap<Event>();
  let soonQueue: Event[] = [];
  let monotonic = 0;
  let wallOffset = startAt;
  let order = 0;

  const view = (owner: string): Clock => ({
    now: () => Math.floor(monotonic) + wallOffset,
    monotonicMs: () => monotonic,
    after(delayMs, fn) {
      const event: Event = { at: monotonic + Math.max(0, delayMs), tie: tie(), order: order++, slot: -1, owner, fn };
      timers.push(event);
      return () => timers.remove(event);
    },
    soon(fn) {
      soonQueue.push({ at: monotonic, tie: 0, order: order++, slot: -1, owner, fn });
    },
  });

  /** What is `soon` comes before any timer, due ones included: it was asked for in a turn that has already begun. */
  function takeNext(until: Ms): Event | undefined {
    const next = soonQueue.shift();
    if (next) return next;
    const timer = timers.peek();
    return timer && timer.at <= until ? timers.pop() : undefined;
  }

  function runOne(until: Ms): boolean {
    const event = takeNext(until);
    if (!event) return false;
    monotonic = Math.max(monotonic, event.at);
    event.fn();
    return true;
  }

  return {
    ...view(unowned),
    owned: view,
    dropOwner(owner) {
      const mine = timers.all().filter((event) => event.owner === owner);
      for (const event of mine) timers.remove(event);
      const kept = soonQueue.filter((event) => event.owner !== owner);
      const dropped = mine.length + soonQueue.length - kept.length;
      soonQueue = kept;
      return dropped;
    },
    runNext: () => runOne(Number.POSITIVE_INFINITY),
    advanceTo(target) {
      while (runOne(target)) {
        // Each event may arm others that are due before `target` too.
      }
      monotonic = Math.max(monotonic, target);
    },
    async settleTo(target, turn) {
      await turn();
      while (runOne(target)) await turn();
      monotonic = Math.max(monotonic, target);
      await turn();
    },
    nextAt: () => (soonQueue.length > 0 ? monotonic : (timers.peek()?.at ?? Number.POSITIVE_INFINITY)),
    jumpWall(deltaMs) {
      wallOffset += deltaMs;
    },
    pending(owner) {
      const waiting = [...timers.all(), ...soonQueue];
      return owner === undefined ? waiting.length : waiting.filter((event) => event.owner === owner).length;
    },
  };
}
