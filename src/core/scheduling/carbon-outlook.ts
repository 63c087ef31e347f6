import type { EpochMs, Ms } from '../domain/units.ts';
import type { CarbonForecast } from '../strategies/strategy.ts';
import type { Interner } from './interner.ts';

const none: readonly number[] = [];

/** A forecast by interned region, and how many slots work has been put off to by step. */
export class CarbonOutlook {
  readonly stepMs: Ms;
  readonly #startsAt: EpochMs;
  readonly #gramsPerKwh: CarbonForecast['gramsPerKwh'];
  readonly #regions: Interner;
  // By region.
  readonly #promised: Map<number, number>[] = [];
  // What is left of the forecast, worked out once per step.
  readonly #left: (readonly number[] | undefined)[] = [];
  #leftFrom = -1;

  constructor(forecast: CarbonForecast | undefined, regions: Interner) {
    this.stepMs = forecast?.stepMs ?? 3_600_000;
    this.#startsAt = forecast?.startsAt ?? 0;
    this.#gramsPerKwh = forecast?.gramsPerKwh ?? {};
    this.#regions = regions;
  }

  /** From the step that has begun on. */
  from(region: number, now: EpochMs): readonly number[] {
    const grams = this.#forecastOf(region);
    if (grams === undefined || now < this.#startsAt) return none;
    const step = this.#stepAt(now);
    if (step !== this.#leftFrom) {
      this.#leftFrom = step;
      this.#left.length = 0;
    }
    const known = this.#left[region];
    if (known !== undefined) return known;
    const left = grams.slice(step);
    this.#left[region] = left;
    return left;
  }

  /** Work of so many slots will begin at `at` and run for `runMs`. */
  promise(region: number, at: EpochMs, runMs: Ms, slots: number): void {
    if (this.#forecastOf(region) === undefined) return;
    const book = this.#promised[region] ?? new Map<number, number>();
    this.#promised[region] = book;
    const first = this.#stepAt(at);
    const steps = Math.max(1, Math.ceil(runMs / this.stepMs));
    for (let step = first; step < first + steps; step++) book.set(step, (book.get(step) ?? 0) + slots);
  }

  /** Slots promised to the `step`-th step from the one that has begun. */
  promised(region: number, step: number, now: EpochMs): number {
    const book = this.#promised[region];
    if (book === undefined) return 0;
    const current = this.#stepAt(now);
    for (const past of book.keys()) {
      if (past >= current) break; // kept in order of entry, so nearly in order of time; what is left behind goes later
      book.delete(past);
    }
    return book.get(current + step) ?? 0;
  }

  #forecastOf(region: number): readonly number[] | undefined {
    const name = this.#regions.nameOf(region);
    return Object.hasOwn(this.#gramsPerKwh, name) ? this.#gramsPerKwh[name] : undefined;
  }

  #stepAt(at: EpochMs): number {
    return Math.floor((at - this.#startsAt) / this.stepMs);
  }
}
