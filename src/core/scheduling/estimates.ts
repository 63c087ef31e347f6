// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
import type { Ms } from '../domain/units.ts';

/** Pairs of tenant and type that are remembered; the one that ran first is forgotten first. */
const mostPairs = 65_536;
/** Weight of a new run in a type's average, as TCP smooths its round trips. @see https://www.rfc-editor.org/rfc/rfc6298#section-2 */
const smoothing = 1 / 8;

/** Where estimates come from. `stated`: only what a task says of itself, as replays of traces need it. */
export type EstimateSource = 'predicted' | 'stated';

interface LastRuns {
  last: Ms;
  before: Ms;
}

/**
 * How long tasks will run, at speed 1. The kill limit is no prediction, and what users state is far off: the mean of the last two runs of
 * the same tenant and type is better than both (Tsafrir, Etsion, Feitelson, "Backfilling using system-generated predictions rather than
 * user runtime estimates", TPDS 2007).
 */
export class Estimates {
  readonly #source: EstimateSource;
  // By type.
  readonly #averages: (Ms | undefined)[] = [];
  // By type and tenant.
  readonly #pairs: (Map<number, LastRuns> | undefined)[] = [];
  /** Pairs in the order they were met. */
  readonly #met: { readonly type: number; readonly tenant: number }[] = [];
  #oldest = 0;

  constructor(source: EstimateSource = 'predicted') {
    this.#source = source;
  }

  /** From earlier runs, else what is stated; `undefined` when nothing is known. */
  predict(tenant: number, type: number, stated: Ms | null): Ms | undefined {
    if (this.#source === 'stated') return stated ?? undefined;
    const runs = this.#pairs[type]?.get(tenant);
    if (runs !== undefined) return (runs.last + runs.before) / 2;
    return this.#averages[type] ?? stated ?? undefined;
  }

  /** An attempt of theirs that succeeded would have taken this long at speed 1. */
  learn(tenant: number, type: number, runMs: Ms): void {
    const work = Math.max(1, runMs);
    const average = this.#averages[type];
    this.#averages[type] = average === undefined ? work : average + (work - average) * smoothing;
    const pairs = this.#pairs[type] ?? new Map<number, LastRuns>();
    this.#pairs[type] = pairs;
    const runs = pairs.get(tenant);
    if (runs === undefined) {
      pairs.set(tenant, { last: work, before: work });
      this.#meet(type, tenant);
    } else {
      runs.before = runs.last;
      runs.last = work;
    }
  }

  #meet(type: number, tenant: number): void {
    if (this.#met.length < mostPairs) {
      this.#met.push({ type, tenant });
      return;
    }
    const forgotten = this.#met[this.#oldest]!;
    this.#pairs[forgotten.type]!.delete(forgotten.tenant);
    this.#met[this.#oldest] = { type, tenant };
    this.#oldest = (this.#oldest + 1) % mostPairs;
  }
}
