// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
import { fromMicros, microsOf } from '../domain/cost.ts';
import { type SpendLimit, type SpendWindow, spendWindowOf, spendWindows } from '../domain/quota.ts';
import type { EpochMs } from '../domain/units.ts';

/** What a tenant has spent in a window, and what is set aside for its running attempts. */
export interface Spending {
  readonly spent: number;
  readonly reserved: number;
  /** When the window ends and nothing is spent again. */
  readonly until: EpochMs;
}

/** Millionths of a tenant: what is reserved, then what is spent in each window. */
const columns = 1 + spendWindows.length;

/**
 * The money of tenants: an estimate is reserved at the decision and replaced by the actual cost at the end, also of failed attempts, so that in
 * a fixed UTC window spent + reserved never exceeds the limit. What runs over the end of a window stays reserved in the next and is spent
 * there. Kept for tenants without a limit too: one that is new counts what has been. Sums are whole millionths, so they come out the same
 * in any order.
 */
export class SpendLedger {
  readonly #limits: (SpendLimit | undefined)[] = [];
  #micros = new Float64Array(16 * columns);
  readonly #windows = spendWindows.map((window) => spendWindowOf(window, 0));
  /** When the next window ends: every one ends with an hour. */
  #turnsAt = 0;

  /** Tells the time. Windows only turn forward: a clock that is set back does not open the last one again. */
  advance(now: EpochMs): void {
    if (now < this.#turnsAt) return;
    for (const [i, window] of spendWindows.entries()) {
      if (now < this.#windows[i]!.until) continue;
      this.#windows[i] = spendWindowOf(window, now);
      for (let at = 1 + i; at < this.#micros.length; at += columns) this.#micros[at] = 0;
    }
    this.#turnsAt = Math.min(...this.#windows.map(({ until }) => until));
  }

  limit(tenant: number, limit: SpendLimit | null): void {
    this.#limits[tenant] = limit ?? undefined;
  }

  limitOf(tenant: number): SpendLimit | undefined {
    return this.#limits[tenant];
  }

  /** What the tenant may still spend, in money; Infinity without a limit. May be below 0 when the limit was lowered. */
  leftOf(tenant: number): number {
    const limit = this.#limits[tenant];
    if (limit === undefined) return Number.POSITIVE_INFINITY;
    return fromMicros(microsOf(limit.limit) - this.#at(tenant, 1 + spendWindows.indexOf(limit.window)) - this.#at(tenant, 0));
  }

  /** When what is spent by now counts no more; Infinity without a limit. */
  untilOf(tenant: number): EpochMs {
    const limit = this.#limits[tenant];
    return limit === undefined ? Number.POSITIVE_INFINITY : this.#windows[spendWindows.indexOf(limit.window)]!.until;
  }

  /** @param now as it will be found then, should nothing happen before; left out: at the time it was last told */
  spendingOf(tenant: number, window: SpendWindow, now: EpochMs = Number.NEGATIVE_INFINITY): Spending {
    const i = spendWindows.indexOf(window);
    const reserved = fromMicros(this.#at(tenant, 0));
    const { until } = this.#windows[i]!;
    if (now >= until) return { spent: 0, reserved, until: spendWindowOf(window, now).until };
    return { spent: fromMicros(this.#at(tenant, 1 + i)), reserved, until };
  }

  /** @returns the reservation, to be given back at the end */
  reserve(tenant: number, amount: number): number {
    const micros = microsOf(amount);
    if (micros !== 0) this.#add(tenant, 0, micros);
    return micros;
  }

  /** What was reserved becomes what it cost. @returns whether the tenant has more left than before */
  settle(tenant: number, reserved: number, cost: number): boolean {
    const micros = microsOf(cost);
    if (reserved !== 0) this.#add(tenant, 0, -reserved);
    if (micros !== 0) for (let column = 1; column < columns; column++) this.#add(tenant, column, micros);
    return micros < reserved;
  }

  /** Start-up: what was spent in the hour that began at `hour`. To be told after the time. */
  recall(tenant: number, hour: EpochMs, amount: number): void {
    for (const [i, { from }] of this.#windows.entries()) if (hour >= from) this.#add(tenant, 1 + i, microsOf(amount));
  }

  #at(tenant: number, column: number): number {
    return this.#micros[columns * tenant + column] ?? 0;
  }

  #add(tenant: number, column: number, micros: number): void {
    const at = columns * tenant + column;
    if (at >= this.#micros.length) this.#grow(at);
    this.#micros[at]! += micros;
  }

  #grow(past: number): void {
    const micros = new Float64Array(2 * (past + columns));
    micros.set(this.#micros);
    this.#micros = micros;
  }
}
