import { describe, expect, it } from 'vitest';
import { WinnerTree } from '../../../src/core/scheduling/winner-tree.ts';
import { fc } from '../../helpers/fc.ts';

const standing = fc.record({
  rank: fc.integer({ min: -1, max: 1 }),
  key: fc.integer({ min: 0, max: 4 }),
  seq: fc.integer({ min: 1, max: 9 }),
});
const steps = fc.array(fc.tuple(fc.nat(70), fc.option(standing)), { maxLength: 120 });

describe('WinnerTree', () => {
  it('names the least entry after every change, while it grows', () => {
    fc.assert(
      fc.property(steps, (changes) => {
        const tree = new WinnerTree();
        const entries = new Map<number, { rank: number; key: number; seq: number }>();
        for (const [entry, place] of changes) {
          if (place === null) {
            entries.delete(entry);
            tree.clear(entry);
          } else {
            entries.set(entry, place);
            tree.set(entry, place.rank, place.key, place.seq);
          }
          const sorted = [...entries].sort(([i, a], [j, b]) => a.rank - b.rank || a.key - b.key || a.seq - b.seq || i - j);
          expect(tree.best()).toBe(sorted[0]?.[0] ?? -1);
        }
        for (const [entry, place] of entries)
          expect({ rank: tree.rankOf(entry), key: tree.keyOf(entry), seq: tree.seqOf(entry) }).toEqual(place);
      }),
    );
  });

  it('an entry whose rank alone changes stands where a new one would, and says whether it is or was the least', () => {
    fc.assert(
      fc.property(
        fc.array(standing, { minLength: 1, maxLength: 40 }),
        fc.array(fc.tuple(fc.nat(39), fc.integer()), { maxLength: 40 }),
        (all, changes) => {
          const tree = new WinnerTree();
          const like = new WinnerTree();
          for (const [entry, { rank, key, seq }] of all.entries()) {
            tree.set(entry, rank, key, seq);
            like.set(entry, rank, key, seq);
          }
          for (const [entry, rank] of changes) {
            if (entry >= all.length) continue;
            const before = like.best();
            like.set(entry, rank, all[entry]!.key, all[entry]!.seq);
            expect(tree.setRank(entry, rank)).toBe(before === entry || like.best() === entry);
            expect([tree.best(), tree.rankOf(entry)]).toEqual([like.best(), rank]);
          }
        },
      ),
    );
  });

  it('is empty until something takes part', () => {
    const tree = new WinnerTree();
    expect([tree.best(), tree.rankOf(3)]).toEqual([-1, Number.POSITIVE_INFINITY]);
  });
});
