import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../src/core/scheduling/seeded-random.ts';

const draw = (seed: number, count: number) => {
  const random = seededRandom(seed);
  return Array.from({ length: count }, random);
};

describe('seededRandom', () => {
  it('the same seed gives the same numbers, another seed others', () => {
    expect(draw(7, 20)).toEqual(draw(7, 20));
    expect(draw(7, 20)).not.toEqual(draw(8, 20));
    expect(draw(7, 20)).not.toEqual(draw(7 + 2 ** 32, 20));
  });

  it('numbers lie in [0, 1) and are spread evenly', () => {
    const numbers = draw(1, 100_000);
    expect(numbers.every((number) => number >= 0 && number < 1)).toBe(true);
    const tenths = Array.from({ length: 10 }, (_, i) => numbers.filter((number) => Math.floor(number * 10) === i).length);
    // Five standard deviations of a binomial count: 5 x sqrt(100000 x 0.1 x 0.9) = 474.
    expect(tenths.every((count) => Math.abs(count - 10_000) < 475)).toBe(true);
  });
});
