import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LeafSort, withLeaf, without } from '../../../src/core/scheduling/leaf-sort.ts';
import type { PoolSlot } from '../../../src/core/scheduling/pool-slot.ts';
import { aSlot } from '../../helpers/pool-orders.ts';

const someBases = fc.array(fc.tuple(fc.constantFrom(-1, 0, 0.5, Number.POSITIVE_INFINITY), fc.constantFrom(0, -3)), { maxLength: 40 });

/** Pools with a base and a tie each, in any order of their ids. */
function setup(values: readonly (readonly [base: number, tie: number])[], ids: readonly number[]) {
  const pools = values.map((_, i) => aSlot({ id: ids[i] ?? i }));
  const valuesOf = new Map(pools.map((pool, i) => [pool, values[i]] as const));
  let asked = 0;
  const baseOf = (pool: PoolSlot) => {
    asked++;
    return valuesOf.get(pool)?.[0] ?? 0;
  };
  const tieOf = (pool: PoolSlot) => valuesOf.get(pool)?.[1] ?? 0;
  const isBefore = (a: PoolSlot, b: PoolSlot) => compare(baseOf(a), baseOf(b)) || compare(tieOf(a), tieOf(b)) || a.id - b.id;
  return { pools, sort: new LeafSort(pools, baseOf, tieOf), baseOf, tieOf, expected: [...pools].sort(isBefore), asked: () => asked };
}

function compare(a: number, b: number): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

describe('pools in the order of a rule', () => {
  it('are all put in order at once where nobody bounds it, and it says how many it looked at', () => {
    const { sort } = setup(
      [2, 1, 3].map((base) => [base, 0]),
      [],
    );
    expect(sort.step(Number.POSITIVE_INFINITY)).toBeGreaterThan(3);
    expect([sort.isDone, sort.step(Number.POSITIVE_INFINITY)]).toEqual([true, 0]);
  });

  it('are the same in pieces of any size: by base, then tie, then id', () => {
    fc.assert(
      fc.property(
        someBases,
        fc.integer({ min: 1, max: 50 }),
        fc.shuffledSubarray([...Array(40).keys()], { minLength: 40 }),
        (values, piece, ids) => {
          const { sort, expected, baseOf, tieOf } = setup(values, ids);
          while (!sort.isDone) expect(sort.step(piece)).toBeLessThanOrEqual(piece);
          expect(sort.sorted).toEqual({ pools: expected, bases: expected.map(baseOf), ties: expected.map(tieOf) });
          expect(sort.step(piece)).toBe(0);
        },
      ),
    );
  });

  it('a piece looks at no more pools than it was told to', () => {
    const { sort, asked } = setup(Array(1_000).fill([0, 0]), []);
    const before = asked();
    let looked = 0;
    let pieces = 0;
    for (; !sort.isDone; pieces++) {
      const had = asked();
      looked += sort.step(100);
      expect(asked() - had).toBeLessThanOrEqual(100);
    }
    expect([asked() - before, pieces]).toEqual([1_000, looked / 100]);
    expect(looked).toBe(1_000 * (1 + 10 + 1)); // asked, merged in ten rounds, put down
  });

  it('stay in order when one goes and comes back', () => {
    fc.assert(
      fc.property(someBases, fc.nat(), (values, which) => {
        fc.pre(values.length > 0);
        const { sort, pools, baseOf, tieOf } = setup(values, []);
        sort.step(Number.POSITIVE_INFINITY);
        const pool = pools[which % pools.length];
        if (pool === undefined) throw new Error('there is one');
        const fewer = without(sort.sorted, sort.sorted.pools.indexOf(pool));
        expect(fewer.pools).not.toContain(pool);
        expect(withLeaf(fewer, { pool, base: baseOf(pool), tie: tieOf(pool) })).toEqual(sort.sorted);
      }),
    );
  });
});
