import { describe, expect, it } from 'vitest';
import { PoolSlot } from '../../../src/core/scheduling/pool-slot.ts';
import { SharedLists } from '../../../src/core/scheduling/shared-lists.ts';

const pools = Array.from({ length: 4 }, (_, place) => new PoolSlot(place + 1, place));

describe('lists of pools', () => {
  it('that are equal are kept once, until the pools change', () => {
    const lists = new SharedLists();
    lists.advance(1);
    const first = lists.shared([...pools]);
    expect(lists.shared([...pools])).toBe(first);
    expect(lists.shared(pools.slice(1))).not.toBe(first);
    lists.advance(1);
    expect(lists.shared([...pools])).toBe(first);
    lists.advance(2);
    expect(lists.shared([...pools])).not.toBe(first);
  });

  it('that only look alike stay what they are', () => {
    const lists = new SharedLists();
    // 31 × (31 × 2 + 0) + 31 = 31 × (31 × 2 + 1) + 0
    const [a, b, c] = [new PoolSlot(1, 0), new PoolSlot(2, 31), new PoolSlot(3, 1)];
    lists.shared([a, b]);
    expect(lists.shared([c, a])).toEqual([c, a]);
  });
});
