import type { Rate } from './quota.ts';
import type { Ms } from './units.ts';

/** Room for one submit, taken before it is known whether it will be kept. */
export interface RatePlace {
  readonly atMs: Ms;
  state: 'open' | 'kept' | 'dropped';
}

/**
 * One rate limit by the generic cell rate algorithm: a submit every `1 / perSecond` s on average, `burst` of them at once. All it remembers is
 * when the next one would come if they came evenly (the theoretical arrival time), so any window of length t holds at most
 * `burst + perSecond * t` submits. Times are monotonic ms.
 *
 * A place that is dropped is as if it had never been: places whose end is not known yet are remembered one by one.
 * @see https://en.wikipedia.org/wiki/Generic_cell_rate_algorithm
 */
export class RateMeter {
  #rate: Rate;
  #intervalMs: Ms;
  // Of the kept ones that no open place comes before; and of all.
  #settledMs: Ms;
  #arrivalMs: Ms;
  #places: RatePlace[] = [];
  #isStale = false;

  /** @param arrivalMs the theoretical arrival time to go on with; left out: nothing has come yet */
  constructor(rate: Rate, arrivalMs: Ms = Number.NEGATIVE_INFINITY) {
    this.#rate = rate;
    this.#intervalMs = 1_000 / rate.perSecond;
    this.#settledMs = arrivalMs;
    this.#arrivalMs = arrivalMs;
  }

  get rate(): Rate {
    return this.#rate;
  }

  /** How long until a submit would be taken; 0: now. */
  waitMs(nowMs: Ms): Ms {
    return Math.max(0, this.#arrival() - (this.#rate.burst - 1) * this.#intervalMs - nowMs);
  }

  /** Submits that would be taken now. */
  left(nowMs: Ms): number {
    const aheadMs = Math.max(0, this.#arrival() - nowMs);
    return Math.max(0, Math.floor(this.#rate.burst - aheadMs / this.#intervalMs + 1e-9)); // a whole number may come out a hair below
  }

  /** How long until the whole burst would be taken again. */
  fullInMs(nowMs: Ms): Ms {
    return Math.max(0, this.#arrival() - nowMs);
  }

  /** Takes a place, whatever `waitMs` says. */
  take(nowMs: Ms): RatePlace {
    const place: RatePlace = { atMs: nowMs, state: 'open' };
    this.#arrivalMs = this.#after(this.#arrival(), nowMs);
    this.#places.push(place);
    return place;
  }

  keep(place: RatePlace): void {
    place.state = 'kept';
    this.#settle();
  }

  drop(place: RatePlace): void {
    place.state = 'dropped';
    this.#isStale = true;
    this.#settle();
  }

  /** Another rate from now on. The part of the burst that is used up stays used up. */
  change(rate: Rate, nowMs: Ms): void {
    const used = Math.min(1, this.fullInMs(nowMs) / (this.#rate.burst * this.#intervalMs));
    this.#rate = rate;
    this.#intervalMs = 1_000 / rate.perSecond;
    this.#settledMs = nowMs + used * rate.burst * this.#intervalMs;
    this.#arrivalMs = this.#settledMs;
    this.#places = [];
    this.#isStale = false;
  }

  #after(arrivalMs: Ms, atMs: Ms): Ms {
    return Math.max(arrivalMs, atMs) + this.#intervalMs;
  }

  #arrival(): Ms {
    if (this.#isStale) {
      this.#isStale = false;
      this.#arrivalMs = this.#settledMs;
      for (const { atMs, state } of this.#places) if (state !== 'dropped') this.#arrivalMs = this.#after(this.#arrivalMs, atMs);
    }
    return this.#arrivalMs;
  }

  /** Forgets places from the front as far as their end is known. They end in about the order they were taken. */
  #settle(): void {
    let known = 0;
    for (const { atMs, state } of this.#places) {
      if (state === 'open') break;
      if (state === 'kept') this.#settledMs = this.#after(this.#settledMs, atMs);
      known++;
    }
    if (known > 0) this.#places.splice(0, known);
  }
}
