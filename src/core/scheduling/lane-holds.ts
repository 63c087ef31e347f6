import type { EpochMs } from '../domain/units.ts';
import type { Lane } from './lane.ts';
import { LaneHeap } from './lane-heap.ts';
import type { Need } from './need.ts';
import type { PoolSet } from './pool-set.ts';

interface Held {
  readonly lane: Lane;
  readonly until: EpochMs;
  readonly sets: readonly PoolSet[];
}

/** Lanes whose head waits although there is room: until a moment, or until pools it may use get more room. */
export class LaneHolds {
  readonly #byLane = new Map<Lane, Held>();
  readonly #bySet = new Map<PoolSet, Set<Lane>>();
  // Key: until when; handle: number of the hold.
  readonly #timers = new LaneHeap();
  readonly #numbered = new Map<number, Held>();
  #next = 1;

  get size(): number {
    return this.#byLane.size;
  }

  /** @param until Infinity: until there is more room */
  add(lane: Lane, until: EpochMs, sets: readonly PoolSet[]): void {
    const held = { lane, until, sets };
    this.#byLane.set(lane, held);
    for (const set of sets) {
      const lanes = this.#bySet.get(set) ?? new Set<Lane>();
      this.#bySet.set(set, lanes.add(lane));
    }
    if (until === Number.POSITIVE_INFINITY) return;
    this.#numbered.set(this.#next, held);
    this.#timers.push(until, this.#next, this.#next);
    this.#next++;
  }

  /** @returns whether it was held. */
  remove(lane: Lane): boolean {
    const held = this.#byLane.get(lane);
    if (held === undefined) return false;
    this.#byLane.delete(lane);
    for (const set of held.sets) {
      const lanes = this.#bySet.get(set);
      lanes?.delete(lane);
      if (lanes?.size === 0) this.#bySet.delete(set);
    }
    return true;
  }

  /** Lanes that room in one of these sets may help. */
  in(sets: Iterable<PoolSet>): readonly Lane[] {
    if (this.#bySet.size === 0) return [];
    const lanes = new Set<Lane>();
    for (const set of sets) for (const lane of this.#bySet.get(set) ?? []) lanes.add(lane);
    return [...lanes];
  }

  /** Lanes of a need whose pools are about to be others. O(held lanes). */
  of(need: Need): readonly Lane[] {
    return [...this.#byLane.keys()].filter((lane) => lane.shape.need === need);
  }

  all(): readonly Lane[] {
    return [...this.#byLane.keys()];
  }

  /** Lanes whose time has come. */
  due(now: EpochMs): readonly Lane[] {
    const lanes: Lane[] = [];
    for (; this.#timers.headKey <= now; this.#timers.pop()) {
      const held = this.#take();
      if (held !== undefined) lanes.push(held.lane);
    }
    return lanes;
  }

  nextDueAt(): EpochMs {
    for (; this.#timers.size > 0; this.#timers.pop()) {
      const held = this.#numbered.get(this.#timers.headHandle);
      if (held !== undefined && this.#byLane.get(held.lane) === held) return held.until;
      this.#numbered.delete(this.#timers.headHandle);
    }
    return Number.POSITIVE_INFINITY;
  }

  clear(): void {
    this.#byLane.clear();
    this.#bySet.clear();
    this.#numbered.clear();
    while (this.#timers.size > 0) this.#timers.pop();
  }

  /** The hold at the head of the timers, when it still stands. */
  #take(): Held | undefined {
    const number = this.#timers.headHandle;
    const held = this.#numbered.get(number);
    this.#numbered.delete(number);
    return held !== undefined && this.#byLane.get(held.lane) === held ? held : undefined;
  }
}
