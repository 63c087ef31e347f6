import { describe, expect, it } from 'vitest';
import type { PoolSlot } from '../../../src/core/scheduling/pool-slot.ts';
import { type RoomFollower, RoomLog } from '../../../src/core/scheduling/room-log.ts';
import { fc } from '../../helpers/fc.ts';
import { aSlot } from '../../helpers/pool-orders.ts';

/** Knows rooms by place, and how often it was told. */
interface Reader extends RoomFollower {
  readonly rooms: number[];
  told: number;
}

function setup(capacities: readonly number[], readers: number, hearsAll = false) {
  const pools = capacities.map((capacity, id) => aSlot({ id, capacity }));
  const log = new RoomLog(-1);
  log.restart(pools);
  const known = () => pools.map((pool) => pool.roomFor(-1));
  const followers = Array.from({ length: readers }, (): Reader => {
    const reader: Reader = {
      ...{ read: 0, hearsAll, rooms: known(), told: 0 },
      roomIs(place, room) {
        reader.rooms[place] = room;
        reader.told++;
      },
    };
    log.follow(reader);
    return reader;
  });
  const load = (pool: PoolSlot, slots: number) => {
    pool.load = slots;
    log.refresh(pool);
  };
  return { pools, log, known, followers, load };
}

describe('RoomLog', () => {
  it('tells each follower the room of every pool, whatever happened since it asked last', () => {
    const step = fc.tuple(fc.nat({ max: 4 }), fc.nat({ max: 3 }), fc.nat({ max: 3 }));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const { pools, log, known, followers, load } = setup([1, 3, 3, 700, 2], 3);
        for (const [at, slots, who] of steps) {
          const pool = pools[at]!;
          load(pool, Math.min(slots, pool.capacity));
          expect(log.most).toBe(Math.min(256, Math.max(...known())));
          const reader = followers[who];
          if (reader === undefined) continue;
          log.tell(reader);
          expect(reader.rooms).toEqual(known());
        }
      }),
    );
  });

  it('keeps what nobody asks for within twice the pools, and tells it in the end', () => {
    const { pools, log, known, followers, load } = setup([5, 5, 5], 2);
    for (let i = 0; i < 500; i++) {
      load(pools[i % 3]!, i % 5);
      if (i % 7 === 0) log.tell(followers[0]!);
    }
    log.tell(followers[1]!);
    expect(followers[1]!.rooms).toEqual(known());
  });

  it('a slot that was freed and taken again is told only to who saw it', () => {
    const { pools, log, followers, load } = setup([2, 2], 2);
    load(pools[0]!, 1);
    log.tell(followers[0]!);
    load(pools[0]!, 0);
    for (const follower of followers) log.tell(follower);
    expect(followers.map(({ told }) => told)).toEqual([2, 0]);
  });

  it('one that wants to hear all is told what came and went too', () => {
    const { pools, log, followers, load } = setup([2, 2], 1, true);
    load(pools[0]!, 1);
    load(pools[0]!, 0);
    log.tell(followers[0]!);
    expect([followers[0]!.rooms, followers[0]!.told]).toEqual([[2, 2], 1]);
  });

  it('a pool that one task may not have all of is told again, though the room is the same', () => {
    const { pools, log, followers, load } = setup([8], 1);
    pools[0]!.widest = 2;
    log.restart(pools);
    load(pools[0]!, 3);
    log.tell(followers[0]!);
    expect([followers[0]!.rooms, followers[0]!.told]).toEqual([[2], 1]);
  });

  it('follows no more after it was told so', () => {
    const { pools, log, followers, load } = setup([2], 2);
    log.unfollow(followers[0]!);
    load(pools[0]!, 1);
    log.tell(followers[1]!);
    load(pools[0]!, 2);
    expect(followers.map(({ told }) => told)).toEqual([0, 1]);
  });
});
