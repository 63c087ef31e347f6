import { describe, expect, it } from 'vitest';
import { createSeededRandom } from '../../../src/core/replay/seeded-random.ts';

const draw = (seed: string | number, count: number) => {
  const random = createSeededRandom(seed);
  return Array.from({ length: count }, () => random.next());
};

describe('seeded random', () => {
  it('repeats itself for a seed and differs between seeds', () => {
    expect(draw(42, 5)).toEqual(draw(42, 5));
    expect(draw('42', 5)).toEqual(draw(42, 5));
    const firsts = new Set(Array.from({ length: 10_000 }, (_, seed) => createSeededRandom(seed).uint32()));
    expect(firsts.size).toBeGreaterThan(9_990);
  });

  it('stays what it is: a recorded run must repeat in every later version', () => {
    const random = createSeededRandom('golden');
    expect([random.uint32(), random.uint32(), random.uint32()]).toMatchInlineSnapshot(`
      [
        660505537,
        3598589018,
        3248077310,
      ]
    `);
  });

  it('is uniform in [0, 1)', () => {
    const draws = draw(7, 100_000);
    const buckets = new Array<number>(10).fill(0);
    expect(draws.every((value) => value >= 0 && value < 1)).toBe(true);
    for (const value of draws) buckets[Math.floor(value * 10)]! += 1;
    for (const count of buckets) expect(Math.abs(count - 10_000)).toBeLessThan(500);
  });

  it('a fork neither draws from its parent nor follows it', () => {
    const parent = createSeededRandom(1);
    const fork = parent.fork('network');
    expect(parent.uint32()).toBe(createSeededRandom(1).uint32());
    expect(fork.next()).toBe(createSeededRandom(1).fork('network').next());
    expect(createSeededRandom(1).fork('a').uint32()).not.toBe(createSeededRandom(1).fork('b').uint32());
  });
});
