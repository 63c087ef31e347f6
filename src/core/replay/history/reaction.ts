import type { EpochMs, Ms, Seq } from '../../domain/units.ts';
import type { RecordedTask } from '../../ports/history.ts';
import type { HeardTimes } from './heard-times.ts';

/** How long a server took to act on what it was told: a commit has to be made and the next turn of decisions has to come. */
export interface Reaction {
  /** From the end of an attempt until its slot could be given to another. */
  afterEnd(seq: Seq, attempt: number, endedAt: EpochMs | null): Ms;
  /** Until a task that was ready could start. */
  afterArrival(seq: Seq, readyAt: EpochMs): Ms;
}

/** The same without the record of what the server was told. */
export interface EstimatedReaction {
  afterEnd(seq: Seq, attempt: number): Ms;
  afterArrival(seq: Seq): Ms;
}

/** As it was, where the record of what the server was told says so; else as estimated. @param estimate is asked once, if at all: it reads the record */
export function knownReaction(heard: Pick<HeardTimes, 'arrivalOf' | 'endOf'>, estimate: () => EstimatedReaction): Reaction {
  let estimated: EstimatedReaction | undefined;
  const guess = () => {
    estimated ??= estimate();
    return estimated;
  };
  return {
    afterEnd(seq, attempt, endedAt) {
      const at = endedAt === null ? undefined : heard.endOf(seq, attempt);
      return at === undefined || endedAt === null ? guess().afterEnd(seq, attempt) : Math.max(0, at - endedAt);
    },
    afterArrival(seq, readyAt) {
      const at = heard.arrivalOf(seq);
      return at === undefined ? guess().afterArrival(seq) : Math.max(0, at - readyAt);
    },
  };
}

/** Starts that are looked at: the first of the window. */
const mostStarts = 50_000;
/** More than a task may have attempts. */
const attemptsOfTask = 1_024;
/** Of the usual: who waited longer waited for something else, a limit or a reservation. */
const longest = 4;

interface PoolTimes {
  readonly starts: { readonly at: EpochMs; readonly readyAt: EpochMs; readonly seq: Seq }[];
  readonly ends: { readonly at: EpochMs; readonly key: number }[];
}

/** By what it was that the server heard of. */
class Delays {
  readonly #measured = new Map<number, Ms>();
  /** It was waiting for something else, and had been heard of by then. */
  readonly #atMost = new Map<number, Ms>();
  #last = -1;

  measure(key: number, ms: Ms): void {
    this.#measured.set(key, ms);
    this.#last = Math.max(this.#last, key);
  }
  limit(key: number, ms: Ms): void {
    this.#atMost.set(key, ms);
    this.#last = Math.max(this.#last, key);
  }

  get median(): Ms {
    const sorted = Float64Array.from(this.#measured.values()).sort();
    return sorted[sorted.length >> 1] ?? 0;
  }

  of(key: number, usual: Ms): Ms {
    if (key > this.#last) return usual; // most, as only the first are looked at
    const ms = this.#measured.get(key);
    if (ms !== undefined && ms <= longest * usual) return ms;
    return Math.min(usual, this.#atMost.get(key) ?? usual);
  }
}

/**
 * Told by the record: each start takes the slot of its pool that was given back longest ago. Where the task waited by then, the server was late by
 * what passed since; where the slot was free already, by what passed since the task was ready.
 */
export function reactionOf(tasks: Iterable<RecordedTask>): EstimatedReaction {
  const ends = new Delays();
  const arrivals = new Delays();
  for (const times of timesOf(tasks)) match(times, ends, arrivals);
  const [usualEnd, usualArrival] = [ends.median, arrivals.median];
  return {
    afterEnd: (seq, attempt) => ends.of(keyOf(seq, attempt), usualEnd),
    afterArrival: (seq) => arrivals.of(seq, usualArrival),
  };
}

function timesOf(tasks: Iterable<RecordedTask>): Iterable<PoolTimes> {
  const pools = new Map<string, PoolTimes>();
  let starts = 0;
  for (const { entry, attempts } of tasks) {
    for (const [i, { pool, startedAt, endedAt }] of attempts.entries()) {
      const times = pools.get(pool) ?? { starts: [], ends: [] };
      pools.set(pool, times);
      // When a retry was ready again hangs on its back-off: it takes a slot, and says nothing.
      times.starts.push({ at: startedAt, readyAt: i === 0 ? entry.readyAt : Number.POSITIVE_INFINITY, seq: entry.seq });
      if (endedAt !== null) times.ends.push({ at: endedAt, key: keyOf(entry.seq, i + 1) });
      starts++;
    }
    if (starts >= mostStarts) break;
  }
  return pools.values();
}

function match({ starts, ends }: PoolTimes, afterEnds: Delays, afterArrivals: Delays): void {
  starts.sort((a, b) => a.at - b.at);
  ends.sort((a, b) => a.at - b.at);
  let used = 0;
  for (const { at, readyAt, seq } of starts) {
    const end = ends[used];
    const freed = end === undefined || end.at > at ? undefined : end; // else a slot nobody had before
    if (freed !== undefined) used++;
    const waited = freed !== undefined && readyAt < freed.at;
    if (waited) afterEnds.measure(freed.key, at - freed.at);
    else if (freed !== undefined) afterEnds.limit(freed.key, at - freed.at);
    if (readyAt > at) continue;
    if (waited) afterArrivals.limit(seq, at - readyAt);
    else afterArrivals.measure(seq, at - readyAt);
  }
}

function keyOf(seq: Seq, attempt: number): number {
  return seq * attemptsOfTask + attempt;
}
