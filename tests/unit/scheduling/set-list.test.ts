import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PoolSet } from '../../../src/core/scheduling/pool-set.ts';
import { SetList } from '../../../src/core/scheduling/set-list.ts';

const sets = Array.from({ length: 5 }, (_, i) => ({ key: String(i) }) as PoolSet);
const steps = fc.array(fc.constantFrom(...sets), { maxLength: 40 });

/** Each step puts a set in, or takes it out where it is in. */
function walked(from: SetList, path: readonly PoolSet[]): SetList {
  return path.reduce((list, set) => (list.sets.includes(set) ? list.without(set) : list.with(set)), from);
}

describe('the list of sets of a pool', () => {
  it('holds what came in and did not go, in the order it came', () => {
    fc.assert(
      fc.property(steps, (path) => {
        const expected: PoolSet[] = [];
        for (const set of path) {
          const at = expected.indexOf(set);
          if (at === -1) expected.push(set);
          else expected.splice(at, 1);
        }
        expect(walked(new SetList(), path).sets).toEqual(expected);
      }),
    );
  });

  it('is one and the same for all pools whose sets came in the same order, whatever was in between', () => {
    fc.assert(
      fc.property(steps, (path) => {
        const none = new SetList();
        const list = walked(none, path);
        expect(list).toBe(list.sets.reduce((made, set) => made.with(set), none));
      }),
    );
  });

  it('stays as it is where a set is not in it', () => {
    const list = new SetList().with(sets[0]!);
    expect(list.without(sets[1]!)).toBe(list);
  });
});
