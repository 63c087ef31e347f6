import { describe, expect, it } from 'vitest';
import { Census } from '../../../src/core/scheduling/census.ts';
import { PoolIndex } from '../../../src/core/scheduling/pool-index.ts';
import { seededRandom } from '../../../src/core/scheduling/seeded-random.ts';
import { aPool } from '../../helpers/scheduling.ts';

function setup(capacities: readonly number[]) {
  const index = new PoolIndex({ idOf: () => 0, running: () => 0 });
  for (const [i, capacity] of capacities.entries()) index.set(aPool({ id: i + 1, capacity }));
  const list = [...index.all()];
  const census = new Census(index);
  const load = (i: number, slots: number) => {
    const pool = list[i]!;
    pool.load = Math.min(slots, pool.capacity);
    index.refresh(pool);
  };
  return { index, list, census, load };
}

describe('Census', () => {
  it('answers as if it counted every time, however much happened since it was asked', () => {
    const { list, census, load } = setup([3, 5, 400, 1, 0]);
    const random = seededRandom(7);
    for (const between of [1, 3, 20_000, 2, 0]) {
      for (let i = 0; i < between; i++) load(Math.floor(random() * 4), Math.floor(random() * 6));
      expect(census.mostFree(list)).toBe(Math.max(...list.map(({ free }) => free)));
      for (const slots of [1, 2, 300]) {
        expect(census.full(list, 0, slots)).toBe(list.filter((pool) => pool.roomFor(0) < slots).length);
        expect(census.below(list, slots)).toBe(list.filter(({ free }) => free < slots).length);
      }
    }
  });

  it('counts again after a pool changed in more than its load', () => {
    const { index, list, census } = setup([3, 5]);
    expect(census.mostFree(list)).toBe(5);
    index.set(aPool({ id: 2, capacity: 9 }));
    expect([census.mostFree(list), census.below(list, 4)]).toEqual([9, 1]);
  });
});
