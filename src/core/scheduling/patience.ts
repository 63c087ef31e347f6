// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
import type { Ms } from '../domain/units.ts';
import type { ReservationRules } from '../strategies/strategy.ts';
import { LaneHeap } from './lane-heap.ts';
import type { Need } from './need.ts';

const nobody: readonly Need[] = [];
const never = Number.POSITIVE_INFINITY;
const none: ReservationRules['patience'] = { estimates: 0, leastMs: 0, mostMs: 0 };

/**
 * When the heads of parked needs will have waited too long. A need has one timer, and one that is too early is kept: heads get younger
 * as tasks start, so setting it anew for each would cost far more than looking once in vain. Times are from the core's origin.
 */
export class Patience {
  #rule: ReservationRules['patience'] = none;
  readonly #needs: readonly (Need | undefined)[];
  // Handle: the need.
  readonly #timers = new LaneHeap();

  constructor(needs: readonly (Need | undefined)[]) {
    this.#needs = needs;
  }

  /** From now on. Timers that were set are dropped. */
  follow(rule = none): void {
    this.#rule = rule;
    for (; this.#timers.size > 0; this.#timers.pop()) {
      const need = this.#head();
      if (need !== undefined) need.patienceMs = never;
    }
  }

  /**
   * When the head of a need has waited too long: since it was ready, and since anything of its need started. In a long queue every head is
   * old the moment it gets there; what is passed over is a need of which nothing starts.
   */
  endOf(need: Need, since: Ms, estimateMs: Ms): Ms {
    const { estimates, leastMs, mostMs } = this.#rule;
    return Math.max(since, need.startedMs) + Math.min(mostMs, Math.max(leastMs, estimates * estimateMs));
  }

  /** No head of the need has waited too long before. */
  leastEndOf(need: Need): Ms {
    return need.startedMs + Math.min(this.#rule.mostMs, this.#rule.leastMs);
  }

  watch(need: Need, at: Ms): void {
    if (at >= need.patienceMs) return;
    need.patienceMs = at;
    this.#timers.push(at, need.id, need.id);
  }

  /** Needs whose timer has come: parked still, or not. */
  due(nowMs: Ms): readonly Need[] {
    if (this.#timers.headKey > nowMs) return nobody;
    const due: Need[] = [];
    for (; this.#timers.headKey <= nowMs; this.#timers.pop()) {
      const need = this.#head();
      if (need === undefined) continue;
      need.patienceMs = never;
      due.push(need);
    }
    return due;
  }

  nextDueAt(): Ms {
    for (; this.#timers.size > 0; this.#timers.pop()) {
      const need = this.#head();
      if (need === undefined) continue;
      if (need.state === 'parked') return need.patienceMs;
      need.patienceMs = never; // it is watched again when it is parked again
    }
    return never;
  }

  /** The need of the first timer, when that is the one last set for it. */
  #head(): Need | undefined {
    const need = this.#needs[this.#timers.headHandle];
    return need?.patienceMs === this.#timers.headKey ? need : undefined;
  }
}
