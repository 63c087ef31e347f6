import { describe, expect, it } from 'vitest';
import { estimateOf, linearBelief, seenReward } from '../../../../src/core/strategies/learning/linear-belief.ts';
import { nothingOf, plus } from '../../../helpers/known.ts';

describe('ridge regression of one arm', () => {
  it('one feature of 1, two rewards of 1: A = 3, theta = 2/3', () => {
    const belief = plus(plus(nothingOf(linearBelief(1)), seenReward([1], 1)), seenReward([1], 1));
    expect(belief).toEqual([2, 2]); // A - I, and b
    expect(estimateOf(belief, [1])).toEqual({ mean: expect.closeTo(2 / 3, 12), width: expect.closeTo(Math.sqrt(1 / 3), 12) });
  });

  it('without rewards nothing is expected, and anything is credible', () => {
    expect(estimateOf(nothingOf(linearBelief(2)), [3, 4])).toEqual({ mean: 0, width: 5 });
  });

  it('finds the weights behind many rewards', () => {
    let belief = nothingOf(linearBelief(3));
    for (let i = 0; i < 5_000; i++) {
      const x = [1, (i % 7) / 7, (i % 11) / 11];
      belief = plus(belief, seenReward(x, 0.2 + 0.5 * x[1]! - 0.3 * x[2]!));
    }
    for (const x of [
      [1, 0, 0],
      [1, 1, 0],
      [1, 0.5, 1],
    ]) {
      const { mean, width } = estimateOf(belief, x);
      expect(mean).toBeCloseTo(0.2 + 0.5 * x[1]! - 0.3 * x[2]!, 2);
      expect(width).toBeLessThan(0.1);
    }
  });

  it('faded, what was seen counts less and the ridge does not; its weight is in runs', () => {
    const arm = linearBelief(1);
    const belief = plus(nothingOf(arm), seenReward([1], 1), 0.5);
    expect([estimateOf(belief, [1]).mean, arm.weight(belief)]).toEqual([expect.closeTo(0.5 / 1.5, 12), 0.5]);
  });
});
