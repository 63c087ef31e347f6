import { describe, expect, it } from 'vitest';
import { Workpiece } from '../../../src/core/scheduling/workpiece.ts';

/** Ten pools to look at. */
function aThing() {
  let left = 10;
  return {
    get isDone() {
      return left === 0;
    },
    step(most: number) {
      const looked = Math.min(left, most);
      left -= looked;
      return looked;
    },
  };
}

describe('what is made in pieces', () => {
  it('goes on where it was, and is one thing until it is done', () => {
    const of = {};
    const made = new Workpiece<ReturnType<typeof aThing>>();
    const steps = [4, 4, 4].map((most) => made.step(of, 'a', 1, aThing, most));
    expect(steps.map(({ looked }) => looked)).toEqual([4, 4, 2]);
    expect(new Set(steps.map(({ thing }) => thing)).size).toBe(1);
  });

  it('is begun anew, and made at once, when the pools changed', () => {
    const of = {};
    const made = new Workpiece<ReturnType<typeof aThing>>();
    made.step(of, 'a', 1, aThing, 4);
    expect(made.step(of, 'a', 2, aThing, 4)).toMatchObject({ looked: 10, thing: { isDone: true } });
  });

  it('is begun anew for another that is called the same: what it was made of has gone', () => {
    const made = new Workpiece<ReturnType<typeof aThing>>();
    const { thing } = made.step({}, 'a', 1, aThing, 4);
    const other = made.step({}, 'a', 1, aThing, 4);
    expect([other.thing === thing, other.looked]).toEqual([false, 4]);
  });
});
