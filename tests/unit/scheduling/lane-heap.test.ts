import { describe, expect, it } from 'vitest';
import { LaneHeap } from '../../../src/core/scheduling/lane-heap.ts';
import { fc } from '../../helpers/fc.ts';

const keys = fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 200 });
type Entry = { readonly key: number; readonly seq: number };
const inOrder = (a: Entry, b: Entry) => a.key - b.key || a.seq - b.seq;

function drain(lane: LaneHeap): number[] {
  const seqs: number[] = [];
  for (; lane.size > 0; lane.pop()) {
    expect(lane.headHandle).toBe(lane.headSeq * 7);
    seqs.push(lane.headSeq);
  }
  return seqs;
}

function fill(entries: readonly Entry[]): LaneHeap {
  const lane = new LaneHeap();
  for (const { key, seq } of entries) lane.push(key, seq, seq * 7);
  return lane;
}

/** Equal keys are common, and seqs come in no order. */
function entriesOf(values: readonly number[]): Entry[] {
  return values.map((key, i) => ({ key, seq: ((i * 7919) % 1_009) + 1 }));
}

describe('LaneHeap', () => {
  it('gives entries back by key, equal ones by seq', () => {
    fc.assert(
      fc.property(keys, (values) => {
        const entries = entriesOf(values);
        expect(drain(fill(entries))).toEqual([...entries].sort(inOrder).map(({ seq }) => seq));
      }),
    );
  });

  it('keeps its order when pushes and pops alternate', () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.integer({ min: 0, max: 5 }), { freq: 2 }), { maxLength: 300 }), (steps) => {
        const lane = new LaneHeap();
        let sorted: Entry[] = [];
        for (const [i, key] of steps.entries()) {
          if (key !== null) {
            const entry = { key, seq: ((i * 7919) % 1_009) + 1 };
            const isHead = sorted.every((other) => inOrder(entry, other) < 0);
            expect(lane.push(entry.key, entry.seq, entry.seq * 7)).toBe(isHead);
            sorted = [...sorted, entry].sort(inOrder);
          } else if (sorted.length > 0) {
            expect(lane.headSeq).toBe(sorted[0]!.seq);
            lane.pop();
            sorted.shift();
          }
          expect(lane.headKey).toBe(sorted[0]?.key ?? Number.POSITIVE_INFINITY);
        }
      }),
    );
  });

  it('drops what is not to be kept and stays in order', () => {
    fc.assert(
      fc.property(keys, fc.integer({ min: 2, max: 5 }), (values, nth) => {
        const entries = entriesOf(values);
        const lane = fill(entries);
        lane.keep((seq, handle) => handle === seq * 7 && seq % nth === 0);
        const kept = entries.filter(({ seq }) => seq % nth === 0);
        expect(drain(lane)).toEqual(kept.sort(inOrder).map(({ seq }) => seq));
      }),
    );
  });

  it('holds a large lane in order while it grows and shrinks', () => {
    const entries = Array.from({ length: 20_000 }, (_, i) => ({ key: (i * 7919) % 20_011, seq: i + 1 }));
    expect(drain(fill(entries))).toEqual(entries.sort(inOrder).map(({ seq }) => seq));
  });

  it('counts who is before a place in the order', () => {
    const lane = fill([
      { key: 1, seq: 5 },
      { key: 1, seq: 3 },
      { key: 2, seq: 1 },
    ]);
    const before = [0, 1, 2].filter((i) => lane.isBefore(i, 1, 5)).map((i) => lane.seqAt(i));
    expect(before).toEqual([3]);
  });
});
