// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
import type { Ms } from '../domain/units.ts';
import { PoolEnds } from './pool-ends.ts';
import type { PoolSlot } from './pool-slot.ts';
import type { RunTable } from './run-table.ts';

/** When a pool is expected to have room for a task. */
export interface Opening {
  /** The shadow time, from the core's origin: the first expected end after which enough slots are free. Infinity: nobody knows. */
  readonly at: Ms;
  /** Slots that are free then beyond those. */
  readonly extra: number;
}

const unknown: Opening = { at: Number.POSITIVE_INFINITY, extra: 0 };

/**
 * When running attempts are expected to end, by pool. Kept only while somebody asks: beginning costs one pass over what runs, keeping
 * it a sorted insert for every start. An attempt that outlives its prediction is expected to take twice as long, and again.
 */
export class PredictedEnds {
  readonly #runs: RunTable;
  // By place of the pool.
  #pools: (PoolEnds | undefined)[] = [];
  // By row of the run: as it lies in its pool.
  #endOf: Ms[] = [];
  #isKept = false;

  constructor(runs: RunTable) {
    this.#runs = runs;
  }

  keep(): void {
    if (this.#isKept) return;
    this.#isKept = true;
    for (const run of this.#runs.rows()) this.started(run);
  }

  drop(): void {
    if (!this.#isKept) return;
    this.#isKept = false;
    this.#pools = [];
    this.#endOf = [];
  }

  started(run: number): void {
    if (this.#isKept) this.#put(run, this.#runs.startedAt(run) + this.#runs.expectedMsAt(run));
  }

  /** To be called while the run is still in the table. */
  ended(run: number): void {
    if (this.#isKept) this.#pools[this.#runs.poolAt(run)]!.remove(this.#endOf[run]!, run);
  }

  /** The next expected end there; Infinity: there is none. */
  next(pool: PoolSlot, nowMs: Ms): Ms {
    return this.#upToDate(pool, nowMs)?.first ?? Number.POSITIVE_INFINITY;
  }

  /**
   * When parts of `slots` each are expected to find room in a pool, were nothing else started there.
   * @param type the capped type that wants them, -1: any
   * @param fromMs not before then
   */
  opening(pool: PoolSlot, slots: number, type: number, nowMs: Ms, parts = 1, fromMs = nowMs): Opening {
    const cap = type === -1 ? undefined : pool.caps?.get(type);
    if (pool.state !== 'active' || pool.largestFor(type) < slots || cap?.most === 0) return unknown;
    const wanted = parts * slots;
    const ends = this.#upToDate(pool, nowMs);
    let free = pool.free;
    let running = cap?.running ?? 0;
    let at = nowMs;
    for (let i = 0; ; ) {
      const next = ends === undefined || i === ends.size ? Number.POSITIVE_INFINITY : ends.endAt(i);
      if (next > fromMs && free >= wanted && (cap === undefined || running + parts <= cap.most))
        return { at: Math.max(at, fromMs), extra: free - wanted };
      if (ends === undefined || next === Number.POSITIVE_INFINITY) return unknown;
      at = next;
      for (; i < ends.size && ends.endAt(i) === at; i++) {
        free += this.#runs.slotsAt(ends.runAt(i));
        if (this.#runs.typeAt(ends.runAt(i)) === type) running -= this.#runs.partsAt(ends.runAt(i));
      }
    }
  }

  /** Every moment from now on at which something is expected to end there, soonest first; those nobody knows are left out. */
  moments(pool: PoolSlot, nowMs: Ms): Ms[] {
    const ends = this.#upToDate(pool, nowMs);
    const found: Ms[] = [];
    for (let i = 0; ends !== undefined && i < ends.size && ends.endAt(i) !== Number.POSITIVE_INFINITY; i++) found.push(ends.endAt(i));
    return found;
  }

  /** Parts of `slots` each that are expected to fit in a pool at a moment, were nothing else started there. */
  partsAt(pool: PoolSlot, slots: number, type: number, nowMs: Ms, atMs: Ms): number {
    const cap = pool.caps?.get(type);
    if (pool.state !== 'active' || pool.largestFor(type) < slots || cap?.most === 0) return 0;
    const ends = this.#upToDate(pool, nowMs);
    let free = pool.free;
    let running = cap?.running ?? 0;
    for (let i = 0; ends !== undefined && i < ends.size && ends.endAt(i) <= atMs; i++) {
      free += this.#runs.slotsAt(ends.runAt(i));
      if (this.#runs.typeAt(ends.runAt(i)) === type) running -= this.#runs.partsAt(ends.runAt(i));
    }
    return Math.max(0, Math.min(Math.floor(free / slots), cap === undefined ? Number.POSITIVE_INFINITY : cap.most - running));
  }

  #upToDate(pool: PoolSlot, nowMs: Ms): PoolEnds | undefined {
    this.keep();
    const ends = this.#pools[pool.place];
    while (ends !== undefined && ends.first <= nowMs) {
      const run = ends.runAt(0);
      ends.remove(ends.first, run);
      const startedAt = this.#runs.startedAt(run);
      let expectedMs = this.#runs.expectedMsAt(run);
      while (startedAt + expectedMs <= nowMs) expectedMs *= 2;
      this.#put(run, startedAt + expectedMs);
    }
    return ends;
  }

  #put(run: number, end: Ms): void {
    const place = this.#runs.poolAt(run);
    const ends = this.#pools[place] ?? new PoolEnds();
    this.#pools[place] = ends;
    ends.add(end, run);
    this.#endOf[run] = end;
  }
}
