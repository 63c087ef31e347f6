import type { Ms } from '../domain/units.ts';
import type { KeptRoom } from './kept-room.ts';
import { LaneHeap } from './lane-heap.ts';
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
  const at = whenAllFit(able, need, ends, nowMs);
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

/**
 * The first moment at which all parts fit into the pools together; `undefined`: nobody knows one. A part fits somewhere from some moment on, so
 * that is the moment of the last of so many parts that fit soonest; what comes later on a pool than all of those is not even read.
 */
function whenAllFit(pools: readonly PoolSlot[], { slots, parts, type }: Need, ends: PredictedEnds, nowMs: Ms): Ms | undefined {
  const latestFirst = new LaneHeap();
  const tell = (at: Ms, more: number) => {
    if (latestFirst.size === parts && -latestFirst.headKey <= at) return false;
    for (let part = 0; part < Math.min(more, parts); part++) latestFirst.push(-at, 0, 0);
    while (latestFirst.size > parts) latestFirst.pop();
    return true;
  };
  for (const pool of pools) ends.fits(pool, slots, type.id, nowMs, tell);
  return latestFirst.size < parts ? undefined : -latestFirst.headKey;
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
  const ranked = pools.map((pool) => ({ pool, there: room(pool), rank: rank(pool) })).filter(({ there }) => there > 0);
  for (const { pool, there } of ranked.sort((a, b) => b.rank - a.rank || a.pool.id - b.pool.id)) {
    if (left === 0) break;
    const taken = Math.min(left, there);
    rooms.push({ pool, parts: taken, extra: 0, held: undefined });
    left -= taken;
  }
  return left === 0 ? rooms : undefined;
}
