import type { EpochMs, Seq } from '../../domain/units.ts';
import type { WorldChange } from './window-world.ts';

/** Turns of one millisecond keep their order as parts of it, which floating point holds exactly at today's times. */
const turnsPerMs = 1_024;
/** More than a task may have attempts. */
const attemptsOfTask = 1_024;

type PoolChange = Extract<WorldChange, { readonly kind: 'pool' | 'pool_gone' }>;
/** What is told of a record that is read. */
export type HeardSink = Pick<HeardTimes, 'turn' | 'arrived' | 'ended' | 'pool'>;

/**
 * When the decision core of a server heard of what: the turn that followed. Of the tasks of a window in arrays; of what was there before it by
 * number.
 */
export function createHeardTimes(first: Seq, last: Seq, from: EpochMs) {
  const arrivals = new Float64Array(last - first + 1).fill(Number.NaN);
  const ends = new Float64Array(last - first + 1).fill(Number.NaN);
  const others = new Map<number, EpochMs>();
  let turn: EpochMs = 0;
  let turns = 0;
  let moment: EpochMs = 0;
  let unheard: PoolChange[] = [];
  const pools: { readonly at: EpochMs; readonly change: PoolChange }[] = [];

  return {
    /** The next turn: what is told from now on was heard by it. */
    turn(at: EpochMs): void {
      turns = at === turn ? Math.min(turns + 1, turnsPerMs - 1) : 0;
      turn = at;
      moment = at + turns / turnsPerMs;
      for (const change of unheard) pools.push({ at, change });
      if (unheard.length > 0) unheard = [];
    },
    /** A pool as the core saw it: with what its executor could run, and with the room of its nodes. */
    pool(change: PoolChange): void {
      unheard.push(change);
    },
    arrived(seq: Seq): void {
      if (seq >= first && seq <= last) arrivals[seq - first] ||= moment; // the first time: not a number is no time
    },
    ended(seq: Seq, attempt: number): void {
      if (attempt === 1 && seq >= first && seq <= last) ends[seq - first] = moment;
      else if (turn >= from) others.set(seq * attemptsOfTask + attempt, moment);
    },
    /** When the last turn was: of what came after it nobody made a note. */
    get until(): EpochMs {
      return turn;
    },
    /** In order of time. */
    pools: pools as readonly { readonly at: EpochMs; readonly change: PoolChange }[],
    /** `undefined`: nobody knows. */
    arrivalOf(seq: Seq): EpochMs | undefined {
      return known(arrivals[seq - first]);
    },
    endOf(seq: Seq, attempt: number): EpochMs | undefined {
      return attempt === 1 && seq >= first && seq <= last ? known(ends[seq - first]) : others.get(seq * attemptsOfTask + attempt);
    },
  };
}
export type HeardTimes = ReturnType<typeof createHeardTimes>;

function known(at: EpochMs | undefined): EpochMs | undefined {
  return at === undefined || Number.isNaN(at) ? undefined : at;
}
