import { describe, expect, it } from 'vitest';
import { SeqIndex } from '../../../src/core/scheduling/seq-index.ts';
import { fc } from '../../helpers/fc.ts';

/** Sequence numbers of every size a database can hold; few enough that they are removed and come again. */
const seqs = fc.oneof(fc.integer({ min: 1, max: 60 }), fc.constantFrom(2 ** 31, 2 ** 32, 2 ** 32 + 1, 2 ** 40, Number.MAX_SAFE_INTEGER));

describe('SeqIndex', () => {
  it('finds what a Map finds after any additions and removals', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.boolean(), seqs), { maxLength: 300 }), (steps) => {
        const column: number[] = [];
        const index = new SeqIndex({ seqAt: (row) => column[row] ?? 0 });
        const expected = new Map<number, number>();
        for (const [adds, seq] of steps) {
          if (adds) {
            expect(index.add(seq, column.length)).toBe(!expected.has(seq));
            if (expected.has(seq)) continue;
            expected.set(seq, column.length);
            column.push(seq);
          } else if (!adds && expected.has(seq)) {
            index.remove(seq);
            expected.delete(seq);
          }
        }
        for (const [, seq] of steps) expect(index.get(seq)).toBe(expected.get(seq) ?? -1);
      }),
    );
  });

  it('holds 200,000 in their segments, and forgets half of them', () => {
    const column: number[] = [];
    const index = new SeqIndex({ seqAt: (row) => column[row] ?? 0 });
    for (let row = 0; row < 200_000; row++) {
      column[row] = 3 * row + 1;
      index.add(column[row]!, row);
    }
    for (let row = 0; row < 200_000; row += 2) index.remove(column[row]!);
    const wrong = column.filter((seq, row) => index.get(seq) !== (row % 2 === 0 ? -1 : row));
    expect(wrong).toEqual([]);
    index.clear();
    expect(index.get(4)).toBe(-1);
  });
});
