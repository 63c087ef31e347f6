import { describe, expect, it } from 'vitest';
import { MaxFree } from '../../../src/core/scheduling/max-free.ts';
import { fc } from '../../helpers/fc.ts';

const rooms = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 0, maxLength: 700, size: 'max' });
const changes = fc.array(fc.tuple(fc.nat(699), fc.integer({ min: 0, max: 9 })), { maxLength: 30 });

describe('MaxFree answers as a scan of all pools does', () => {
  it('after any changes', () => {
    fc.assert(
      fc.property(rooms, changes, fc.integer({ min: 1, max: 10 }), fc.nat(705), (initial, updates, demand, from) => {
        const free = [...initial];
        const tree = new MaxFree(free);
        for (const [leaf, value] of updates) {
          if (leaf >= free.length) continue;
          free[leaf] = value;
          tree.set(leaf, value);
        }
        const most = Math.max(0, ...free);
        expect(tree.most).toBe(most);
        expect(tree.firstFit(demand, from)).toBe(free.findIndex((value, leaf) => leaf >= from && value >= demand));
        expect(tree.mostFree(demand)).toBe(most >= demand ? free.indexOf(most) : -1);
      }),
      { numRuns: 500 },
    );
  });

  it('the runner-up is the first fit behind the winner', () => {
    const tree = new MaxFree([0, 3, 1, 3]);
    expect([tree.firstFit(3), tree.firstFit(3, 2), tree.firstFit(3, 4)]).toEqual([1, 3, -1]);
  });
});
