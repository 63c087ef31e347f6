// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
import type { Ms } from '../domain/units.ts';
import type { HeldParts } from './held-parts.ts';
import { PoolEnds } from './pool-ends.ts';
import type { PoolSlot } from './pool-slot.ts';
import type { RunTable } from './run-table.ts';

/** When a pool is expected to have room for a task. */
export interface Opening {
  /** The shadow time, from the core's origin: the first expected end after which enough slots are free. Infinity: nobody knows. */
  readonly at: Ms;
  /** Slots that are free then beyond those. */
  readonly extra: number;
  /** For a gang on machines: parts of others that still run then. */
  readonly held?: HeldParts | undefined;
}

const unknown: Opening = { at: Number.POSITIVE_INFINITY, extra: 0 };

/**
 * When running attempts are expected to end, by pool. Kept only while somebody asks: beginning costs one pass over what runs, and a pool is put in
 * order when it is first asked about; from then on, keeping it is a sorted insert for every start. An attempt that outlives its prediction is
 * expected to take twice as long, and again.
 */
export class PredictedEnds {
  readonly #runs: RunTable;
  #isKept = false;
  // By place of the pool: its ends in order; of a pool that nobody asked about yet, 1 + one of its runs.
  #pools: (PoolEnds | undefined)[] = [];
  #unread: number[] = [];
  // By row of the run: as it lies in its pool, or 1 + the next run of a pool that nobody asked about.
  #endOf = new Float64Array(0);
  #nextOf = new Int32Array(0);

  constructor(runs: RunTable) {
    this.#runs = runs;
  }

  /** Begins, where nobody asked before. */
  keep(nowMs: Ms): void {
    if (this.#isKept) return;
    this.#isKept = true;
    const runs = this.#runs;
    this.#makeRoom(runs.rowsUsed);
    for (let run = 0; run < runs.rowsUsed; run++) if (runs.seqAt(run) !== 0) this.#link(run, this.#endAfter(nowMs, run));
  }

  drop(): void {
    if (!this.#isKept) return;
    this.#isKept = false;
    this.#pools = [];
    this.#unread = [];
    this.#endOf = new Float64Array(0);
    this.#nextOf = new Int32Array(0);
  }

  started(run: number): void {
    if (!this.#isKept) return;
    this.#makeRoom(run + 1);
    this.#put(run, this.#runs.startedAt(run) + this.#runs.expectedMsAt(run));
  }

  /** To be called while the run is still in the table. */
  ended(run: number): void {
    if (this.#isKept) this.#inOrder(this.#runs.poolAt(run))!.remove(this.#endOf[run]!, run);
  }

  /** The next expected end there; Infinity: there is none. */
  next(pool: PoolSlot, nowMs: Ms): Ms {
    return this.#upToDate(pool, nowMs)?.first ?? Number.POSITIVE_INFINITY;
  }

  /**
   * When a task of so many slots is expected to find room in a pool, or parts of `slots` each, were nothing else started there.
   * @param type the capped type that wants them, -1: any
   * @param gang how many parts of it go there; left out: it is no gang
   * @param fromMs not before then
   */
  opening(pool: PoolSlot, slots: number, type: number, nowMs: Ms, gang?: number, fromMs = nowMs): Opening {
    const cap = type === -1 ? undefined : pool.caps?.get(type);
    if (pool.state !== 'active' || pool.largestFor(type) < slots || cap?.most === 0) return unknown;
    const parts = gang ?? 1;
    const wanted = parts * slots;
    const ends = this.#upToDate(pool, nowMs);
    const held = gang === undefined ? undefined : heldOn(pool);
    let free = pool.free;
    let running = cap?.running ?? 0;
    let at = nowMs;
    for (let i = 0; ; ) {
      const next = ends === undefined || i === ends.size ? Number.POSITIVE_INFINITY : ends.endAt(i);
      const isAllowed = cap === undefined || running + parts <= cap.most;
      if (next > fromMs && free >= wanted && isAllowed && (held === undefined || pool.partsOnNodes(type, slots, held) >= parts))
        return { at: Math.max(at, fromMs), extra: free - wanted, held };
      if (ends === undefined || next === Number.POSITIVE_INFINITY) return unknown;
      at = next;
      for (; i < ends.size && ends.endAt(i) === at; i++) {
        free += this.#runs.slotsAt(ends.runAt(i));
        if (cap !== undefined) running -= this.#partsOf(ends.runAt(i), type);
        this.#letGo(held, ends.runAt(i));
      }
    }
  }

  /** Parts of `slots` each that are expected to fit in a pool at a moment, were nothing else started there. */
  partsAt(pool: PoolSlot, slots: number, type: number, nowMs: Ms, atMs: Ms): number {
    let parts = 0;
    this.fits(pool, slots, type, nowMs, (at, more) => {
      if (at > atMs) return false;
      parts += more;
      return true;
    });
    return parts;
  }

  /**
   * Tells how many parts of `slots` each fit in a pool now, and whenever more are expected to, soonest first, how many more, were nothing else
   * started there. What ends at times nobody knows is left out.
   * @param tell is told no more once it answers false
   */
  fits(pool: PoolSlot, slots: number, type: number, nowMs: Ms, tell: (at: Ms, more: number) => boolean): void {
    const cap = pool.caps?.get(type);
    if (pool.state !== 'active' || pool.largestFor(type) < slots || cap?.most === 0) return;
    const ends = this.#upToDate(pool, nowMs);
    let free = pool.free;
    let allowed = cap === undefined ? Number.POSITIVE_INFINITY : cap.most - cap.running;
    const held = heldOn(pool);
    let parts = 0;
    let at = nowMs;
    for (let i = 0; ; ) {
      const fit = Math.min(Math.floor(free / slots), allowed, pool.partsOnNodes(type, slots, held));
      if (fit > parts) {
        if (!tell(at, fit - parts)) return;
        parts = fit;
      }
      if (ends === undefined || i === ends.size) return;
      at = ends.endAt(i);
      if (at === Number.POSITIVE_INFINITY) return;
      for (; i < ends.size && ends.endAt(i) === at; i++) {
        free += this.#runs.slotsAt(ends.runAt(i));
        if (cap !== undefined) allowed += this.#partsOf(ends.runAt(i), type);
        this.#letGo(held, ends.runAt(i));
      }
    }
  }

  /** What a run counts against the cap of a type. */
  #partsOf(run: number, type: number): number {
    return this.#runs.typeAt(run) === type ? this.#runs.partsAt(run) : 0;
  }

  /** It holds no parts any more. */
  #letGo(held: HeldParts | undefined, run: number): void {
    const runs = this.#runs;
    if (held === undefined || !runs.isPartAt(run)) return;
    const parts = runs.partsAt(run);
    held.change(runs.typeAt(run), runs.slotsAt(run) / parts, -parts);
  }

  #upToDate(pool: PoolSlot, nowMs: Ms): PoolEnds | undefined {
    this.keep(nowMs);
    const ends = this.#inOrder(pool.place);
    while (ends !== undefined && ends.first <= nowMs) {
      const run = ends.runAt(0);
      ends.remove(ends.first, run);
      this.#put(run, this.#endAfter(nowMs, run));
    }
    return ends;
  }

  /** What it is expected to take, doubled as often as it was not enough. */
  #endAfter(nowMs: Ms, run: number): Ms {
    const startedAt = this.#runs.startedAt(run);
    let expectedMs = this.#runs.expectedMsAt(run);
    while (startedAt + expectedMs <= nowMs) expectedMs *= 2;
    return startedAt + expectedMs;
  }

  #put(run: number, end: Ms): void {
    const place = this.#runs.poolAt(run);
    const ends = this.#pools[place];
    if (ends === undefined) this.#link(run, end);
    else ends.add(end, run);
    this.#endOf[run] = end;
  }

  /** Into a pool that nobody asked about. */
  #link(run: number, end: Ms): void {
    const place = this.#runs.poolAt(run);
    this.#nextOf[run] = this.#unread[place] ?? 0;
    this.#unread[place] = run + 1;
    this.#endOf[run] = end;
  }

  #inOrder(place: number): PoolEnds | undefined {
    const first = this.#unread[place] ?? 0;
    if (first === 0) return this.#pools[place];
    let size = 0;
    for (let run = first; run !== 0; run = this.#nextOf[run - 1]!) size++;
    const ends = new PoolEnds(size + 1);
    for (let run = first; run !== 0; run = this.#nextOf[run - 1]!) ends.append(this.#endOf[run - 1]!, run - 1);
    ends.sort();
    this.#unread[place] = 0;
    this.#pools[place] = ends;
    return ends;
  }

  #makeRoom(rows: number): void {
    if (rows <= this.#endOf.length) return;
    const endOf = new Float64Array(Math.max(64, 2 * rows));
    endOf.set(this.#endOf);
    this.#endOf = endOf;
    const nextOf = new Int32Array(endOf.length);
    nextOf.set(this.#nextOf);
    this.#nextOf = nextOf;
  }
}

/** A copy to take from; `undefined` where parts are no matter of machines. */
function heldOn({ partNodes, held }: PoolSlot): HeldParts | undefined {
  return partNodes === undefined ? undefined : held.copy();
}
