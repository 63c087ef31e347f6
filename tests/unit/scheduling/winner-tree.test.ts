import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WinnerTree } from '../../../src/core/scheduling/winner-tree.ts';

const steps = fc.array(fc.tuple(fc.nat(70), fc.option(fc.integer({ min: 0, max: 4 })), fc.integer({ min: 1, max: 9 })), { maxLength: 120 });

describe('WinnerTree', () => {
  it('names the least entry after every change, while it grows', () => {
    fc.assert(
      fc.property(steps, (changes) => {
        const tree = new WinnerTree();
        const entries = new Map<number, { key: number; seq: number }>();
        for (const [entry, key, seq] of changes) {
          if (key === null) {
            entries.delete(entry);
            tree.clear(entry);
          } else {
            entries.set(entry, { key, seq });
            tree.set(entry, key, seq);
          }
          const sorted = [...entries].sort(([i, a], [j, b]) => a.key - b.key || a.seq - b.seq || i - j);
          expect(tree.best()).toBe(sorted[0]?.[0] ?? -1);
        }
        for (const [entry, { key, seq }] of entries) expect([tree.keyOf(entry), tree.seqOf(entry)]).toEqual([key, seq]);
      }),
    );
  });

  it('is empty until something takes part', () => {
    const tree = new WinnerTree();
    expect([tree.best(), tree.keyOf(3)]).toEqual([-1, Number.POSITIVE_INFINITY]);
  });
});
