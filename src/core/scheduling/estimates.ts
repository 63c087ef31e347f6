// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
import type { Ms } from '../domain/units.ts';

/** Pairs of tenant and type that are remembered; the one that ran first is forgotten first. */
const mostPairs = 65_536;
/** Weight of a new run in averages, as TCP smooths its round trips. @see https://www.rfc-editor.org/rfc/rfc6298#section-2 */
const smoothing = 1 / 8;

/** Where estimates come from. `stated`: only what a task says of itself, as replays of traces need it. */
export type EstimateSource = 'predicted' | 'stated';

/**
 * How far off, lately, each of two answers was: |ln(answer / run time)|, smoothed. What tasks state of themselves is usually far too
 * long, but where it is exact no average comes near it; so whoever was closer is believed.
 */
class Rivals {
  #predictionError = 0;
  /** Infinity: no run that stated anything. */
  #statementError = Number.POSITIVE_INFINITY;

  choose(predicted: Ms, stated: Ms | null): Ms {
    return stated === null || this.#predictionError <= this.#statementError ? predicted : stated;
  }

  /** @param predicted what would have been said before the run; `undefined`: nothing */
  judge(predicted: Ms | undefined, stated: Ms | null, work: Ms): void {
    if (predicted !== undefined) this.#predictionError = smooth(this.#predictionError, errorOf(predicted, work));
    if (stated === null) return;
    const error = errorOf(stated, work);
    this.#statementError = this.#statementError === Number.POSITIVE_INFINITY ? error : smooth(this.#statementError, error);
  }
}

/** Runs of one tenant and type. */
class LastRuns {
  readonly rivals = new Rivals();
  #last: Ms | undefined;
  #before: Ms | undefined;

  get prediction(): Ms | undefined {
    return this.#last === undefined ? undefined : (this.#last + (this.#before ?? this.#last)) / 2;
  }

  add(work: Ms, stated: Ms | null): void {
    this.rivals.judge(this.prediction, stated, work);
    this.#before = this.#last;
    this.#last = work;
  }
}

/** Runs of one type, whoever sent them. */
class TypeRuns {
  readonly rivals = new Rivals();
  readonly pairs = new Map<number, LastRuns>();
  prediction: Ms | undefined;

  add(work: Ms, stated: Ms | null): void {
    this.rivals.judge(this.prediction, stated, work);
    this.prediction = this.prediction === undefined ? work : smooth(this.prediction, work);
  }
}

/**
 * How long tasks will run, at speed 1. The kill limit is no prediction, and what users state is usually far off: the mean of the last two
 * runs of the same tenant and type is better than both (Tsafrir, Etsion, Feitelson, "Backfilling using system-generated predictions rather
 * than user runtime estimates", TPDS 2007).
 */
export class Estimates {
  readonly #source: EstimateSource;
  readonly #types: (TypeRuns | undefined)[] = [];
  /** Pairs in the order they were met. */
  readonly #met: { readonly type: number; readonly tenant: number }[] = [];
  #oldest = 0;

  constructor(source: EstimateSource = 'predicted') {
    this.#source = source;
  }

  /**
   * From earlier runs of the tenant and type, else of the type; what the task states where that was closer lately, or nothing else is
   * known; `undefined` when nothing is known at all. @param limitMs no run is longer: what earlier runs say may be
   */
  predict(tenant: number, type: number, stated: Ms | null, limitMs: Ms = Number.POSITIVE_INFINITY): Ms | undefined {
    if (this.#source === 'stated') return stated ?? undefined;
    const ofType = this.#types[type];
    if (ofType === undefined) return stated ?? undefined;
    const known = ofType.pairs.get(tenant) ?? ofType;
    return Math.min(limitMs, known.rivals.choose(known.prediction!, stated));
  }

  /** An attempt of theirs that succeeded would have taken this long at speed 1. @param stated what its task said of itself */
  learn(tenant: number, type: number, runMs: Ms, stated: Ms | null): void {
    const work = Math.max(1, runMs);
    const ofType = this.#types[type] ?? new TypeRuns();
    this.#types[type] = ofType;
    ofType.add(work, stated);
    this.#pairOf(ofType, tenant, type).add(work, stated);
  }

  #pairOf(ofType: TypeRuns, tenant: number, type: number): LastRuns {
    let runs = ofType.pairs.get(tenant);
    if (runs === undefined) {
      runs = new LastRuns();
      ofType.pairs.set(tenant, runs);
      this.#meet(type, tenant);
    }
    return runs;
  }

  #meet(type: number, tenant: number): void {
    if (this.#met.length < mostPairs) {
      this.#met.push({ type, tenant });
      return;
    }
    const forgotten = this.#met[this.#oldest]!;
    this.#types[forgotten.type]!.pairs.delete(forgotten.tenant);
    this.#met[this.#oldest] = { type, tenant };
    this.#oldest = (this.#oldest + 1) % mostPairs;
  }
}

function smooth(average: number, value: number): number {
  return average + (value - average) * smoothing;
}

function errorOf(answer: Ms, work: Ms): number {
  return Math.abs(Math.log(answer / work));
}
