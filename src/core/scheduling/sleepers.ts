import type { Ms, Seq } from '../domain/units.ts';
import { LaneHeap } from './lane-heap.ts';

/** Tasks that a strategy keeps from the queue on purpose until a moment. Times are from the core's origin. */
export class Sleepers {
  readonly #until = new Map<Seq, Ms>();
  readonly #timers = new LaneHeap();

  get size(): number {
    return this.#until.size;
  }

  add(seq: Seq, until: Ms): void {
    this.#until.set(seq, until);
    this.#timers.push(until, seq, 0);
  }

  remove(seq: Seq): boolean {
    return this.#until.delete(seq);
  }

  /** Until when it sleeps; `undefined`: it does not. */
  untilOf(seq: Seq): Ms | undefined {
    return this.#until.get(seq);
  }

  all(): readonly Seq[] {
    return [...this.#until.keys()];
  }

  /** Those whose time has come, no longer asleep. */
  wake(now: Ms): readonly Seq[] {
    const awake: Seq[] = [];
    for (; this.#timers.headKey <= now; this.#timers.pop()) {
      const seq = this.#timers.headSeq;
      if (this.#until.get(seq) !== this.#timers.headKey) continue;
      this.#until.delete(seq);
      awake.push(seq);
    }
    return awake;
  }

  nextDueAt(): Ms {
    while (this.#timers.size > 0 && this.#until.get(this.#timers.headSeq) !== this.#timers.headKey) this.#timers.pop();
    return this.#timers.headKey;
  }
}
