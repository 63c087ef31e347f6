import { describe, expect, it } from 'vitest';
import { createSeededRandom } from '../../src/core/replay/seeded-random.ts';
import { gangRooms } from '../../src/core/scheduling/gang-rooms.ts';
import type { KeptRoom } from '../../src/core/scheduling/kept-room.ts';
import type { Ring } from '../../src/core/scheduling/layout.ts';
import type { Need } from '../../src/core/scheduling/need.ts';
import { PoolSlot } from '../../src/core/scheduling/pool-slot.ts';
import { PredictedEnds } from '../../src/core/scheduling/predicted-ends.ts';
import { RunTable } from '../../src/core/scheduling/run-table.ts';

const nowMs = 1_000;
const capped = 1;

/** Pools under a random load, some of it longer there than was expected, some for nobody knows how long. */
function aLoad(seed: number, size: number) {
  const random = createSeededRandom(seed);
  const below = (most: number) => Math.floor(random.next() * most);
  const runs = new RunTable();
  const ends = new PredictedEnds(runs);
  ends.keep();
  let seq = 0;
  const pools = Array.from({ length: size }, (_, i) => {
    const pool = new PoolSlot(i + 1, i);
    pool.capacity = 1 + below(8);
    if (below(10) === 0) pool.state = 'paused';
    const cap = below(3) === 0 ? { most: below(5), widest: Number.POSITIVE_INFINITY, running: 0 } : undefined;
    if (cap !== undefined) pool.caps = new Map([[capped, cap]]);
    while (pool.free > 0 && below(5) > 0) {
      const slots = 1 + below(pool.free);
      const type = cap !== undefined && cap.running < cap.most ? below(2) : 0;
      const expectedMs = below(8) === 0 ? Number.POSITIVE_INFINITY : 100 * (1 + below(12));
      ends.started(
        runs.add({
          ...{ seq: ++seq, pool: pool.place, kind: 'cpu', slots, parts: 1, units: 1, type, tenant: 0, startedAt: 100 * below(10) },
          ...{ expectedMs, charge: 0, work: 0, statedMs: null, reserved: 0 },
        }),
      );
      pool.load += slots;
      if (cap !== undefined && type === capped) cap.running++;
    }
    return pool;
  });
  const need = { slots: 1 + below(3), parts: 2 + below(size * 3), type: { id: below(2) } } as Need;
  const cut = below(size);
  const rings = [pools.slice(0, cut), pools].map((own) => ({ set: { pools: own } }) as unknown as Ring);
  return { need, rings, ends };
}

/** The rule as it reads: moment by moment, the roomiest pools at the first at which all parts fit. */
function byTheBook({ slots, parts, type }: Need, rings: readonly Ring[], ends: PredictedEnds): KeptRoom[] | undefined {
  let best: { at: number; rooms: KeptRoom[] } | undefined;
  for (const { set } of rings) {
    const able = set.pools.filter((pool) => pool.state === 'active' && pool.mostParts(type.id, slots) > 0);
    const there = (at: number) => (pool: PoolSlot) => ends.partsAt(pool, slots, type.id, nowMs, at);
    const moments = [nowMs, ...able.flatMap((pool) => ends.moments(pool, nowMs))].toSorted((a, b) => a - b);
    const choices = [
      ...moments.map((at) => ({ at, room: there(at), rank: there(at) })),
      { at: Number.POSITIVE_INFINITY, room: (pool: PoolSlot) => pool.mostParts(type.id, slots), rank: there(nowMs) },
    ];
    for (const { at, room, rank } of choices) {
      let left = parts;
      const rooms: KeptRoom[] = [];
      for (const pool of able.toSorted((a, b) => rank(b) - rank(a) || a.id - b.id)) {
        const taken = Math.min(left, room(pool));
        left -= taken;
        if (taken > 0) rooms.push({ pool, parts: taken, extra: 0 });
      }
      if (left > 0) continue;
      if (best === undefined || at < best.at) best = { at, rooms };
      break;
    }
  }
  return best?.rooms;
}

const told = (rooms: readonly KeptRoom[] | undefined) => rooms?.map(({ pool, parts }) => [pool.id, parts]);

describe('the pools that are kept for a gang', () => {
  it('are those of the first moment at which all parts fit, over 600 random loads', () => {
    let [later, never] = [0, 0];
    for (let seed = 1; seed <= 600; seed++) {
      const { need, rings, ends } = aLoad(seed, 1 + (seed % 7));
      const expected = told(byTheBook(need, rings, ends));
      expect({ seed, rooms: told(gangRooms(need, rings, ends, nowMs)) }).toEqual({ seed, rooms: expected });
      if (expected === undefined) never++;
      else later++;
    }
    expect(Math.min(later, never)).toBeGreaterThan(50);
  });

  it('are found without looking at every pool for every end', () => {
    const { need, rings, ends } = aLoad(5, 500);
    let looks = 0;
    const counting = {
      moments: ends.moments.bind(ends),
      partsAt: (...asked: Parameters<PredictedEnds['partsAt']>) => {
        looks++;
        return ends.partsAt(...asked);
      },
    } as PredictedEnds;
    expect(gangRooms({ ...need, parts: 400 } as Need, rings, counting, nowMs)).toBeDefined();
    expect(looks).toBeLessThan(2 * 500 * 16);
  });
});
