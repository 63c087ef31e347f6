import type { Ms } from '../domain/units.ts';
import type { KeptRoom } from './kept-room.ts';
import type { Ring } from './layout.ts';
import type { Need } from './need.ts';
import type { PoolSlot } from './pool-slot.ts';
import type { PredictedEnds } from './predicted-ends.ts';

/** Pools of one ring in which a gang may start, and when. */
interface Choice {
  readonly at: Ms;
  readonly rooms: readonly KeptRoom[];
}

/**
 * Which pools to keep for a gang: the shadow time of the EASY rule over several pools. It is the first expected end after which all parts fit
 * into what the pools of a ring have free together; of these pools, those with room for most of them, so that few stand idle. Ties: the first ring,
 * then the catalogue. Where nobody knows when, those with most room now. `undefined`: it will never fit.
 */
export function gangRooms(need: Need, rings: readonly Ring[], ends: PredictedEnds, nowMs: Ms): readonly KeptRoom[] | undefined {
  let best: Choice | undefined;
  for (const { set } of rings) {
    const choice = choiceIn(set.pools, need, ends, nowMs);
    if (choice !== undefined && (best === undefined || choice.at < best.at)) best = choice;
  }
  return best?.rooms;
}

function choiceIn(pools: readonly PoolSlot[], need: Need, ends: PredictedEnds, nowMs: Ms): Choice | undefined {
  const { slots, parts, type } = need;
  const able = pools.filter((pool) => pool.state === 'active' && pool.mostParts(type.id, slots) > 0);
  const partsAt = (pool: PoolSlot, at: Ms) => ends.partsAt(pool, slots, type.id, nowMs, at);
  const at = firstThatFits(momentsOf(able, ends, nowMs), (moment) => fitsIn(able, parts, (pool) => partsAt(pool, moment)));
  if (at !== undefined) {
    const rooms = roomiest(able, parts, (pool) => partsAt(pool, at));
    return rooms && { at, rooms };
  }
  const rooms = roomiest(
    able,
    parts,
    (pool) => pool.mostParts(type.id, slots),
    (pool) => partsAt(pool, nowMs),
  );
  return rooms && { at: Number.POSITIVE_INFINITY, rooms };
}

/** Now, and whenever something is expected to end on one of the pools, soonest first. */
function momentsOf(pools: readonly PoolSlot[], ends: PredictedEnds, nowMs: Ms): Float64Array {
  const moments = [nowMs];
  for (const pool of pools) for (const at of ends.moments(pool, nowMs)) moments.push(at);
  return Float64Array.from(moments).sort();
}

/** Room only grows with time, so halving finds the first moment, and looks at the pools a few times instead of once for every end. */
function firstThatFits(moments: Float64Array, fits: (at: Ms) => boolean): Ms | undefined {
  let [low, high] = [0, moments.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (fits(moments[middle] as Ms))
      high = middle; // below `high`, so in range
    else low = middle + 1;
  }
  return moments[low];
}

function fitsIn(pools: readonly PoolSlot[], parts: number, room: (pool: PoolSlot) => number): boolean {
  let left = parts;
  for (const pool of pools) {
    left -= room(pool);
    if (left <= 0) return true;
  }
  return false;
}

/** As many pools as it takes, those with room for most parts first, or those that `rank` says; `undefined`: all are not enough. */
function roomiest(
  pools: readonly PoolSlot[],
  parts: number,
  room: (pool: PoolSlot) => number,
  rank: (pool: PoolSlot) => number = room,
): readonly KeptRoom[] | undefined {
  const rooms: KeptRoom[] = [];
  let left = parts;
  const ranked = pools.map((pool) => ({ pool, there: room(pool), rank: rank(pool) }));
  for (const { pool, there } of ranked.sort((a, b) => b.rank - a.rank || a.pool.id - b.pool.id)) {
    if (left === 0 || there <= 0) continue;
    const taken = Math.min(left, there);
    rooms.push({ pool, parts: taken, extra: 0 });
    left -= taken;
  }
  return left === 0 ? rooms : undefined;
}
