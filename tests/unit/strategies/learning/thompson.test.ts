import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../../src/core/scheduling/seeded-random.ts';
import type { Known } from '../../../../src/core/strategies/learning/arms.ts';
import { betaDraw, gammaDraw, normalDraw } from '../../../../src/core/strategies/learning/draws.ts';
import { drawFailure, drawRunMs, meanFailure, meanRunMs, runCounts, seenRun } from '../../../../src/core/strategies/learning/run-belief.ts';
import { nothingOf, plus } from '../../../helpers/known.ts';

const nothing = nothingOf(runCounts);
const seeds = Array.from({ length: 100 }, (_, i) => i + 1);

/** Two pools that succeed with these shares; every pull goes to the one whose drawn share of failures is less. */
function twoArms(seed: number, discount: number) {
  const random = seededRandom(seed);
  let counts: Known[] = [nothing, nothing];
  return function pull(successes: readonly [number, number]): number {
    const drawn = counts.map((one) => drawFailure(one, random));
    const arm = drawn[0]! <= drawn[1]! ? 0 : 1;
    const succeeded = random() < successes[arm]!;
    counts = counts.map((one) => plus(nothing, one, discount));
    counts[arm] = plus(counts[arm]!, seenRun(succeeded, 0));
    return arm;
  };
}

describe('two pools, one 0.9 and one 0.7, 100 seeds', () => {
  it('the better one gets at least 94 % of pulls 1,501 to 2,000', () => {
    const shares = seeds.map((seed) => {
      const pull = twoArms(seed, 0.995);
      const pulls = Array.from({ length: 2_000 }, () => pull([0.9, 0.7]));
      return pulls.slice(1_500).filter((arm) => arm === 0).length / 500;
    });
    expect(shares.reduce((sum, share) => sum + share, 0) / seeds.length).toBeGreaterThanOrEqual(0.94);
  });

  it('when they swap, 80 of the last 100 go to the new best within 500 pulls', () => {
    const recoveries = seeds.map((seed) => {
      const pull = twoArms(seed, 0.995);
      for (let i = 0; i < 2_000; i++) pull([0.9, 0.7]);
      const last: number[] = [];
      for (let pulls = 1; pulls <= 2_000; pulls++) {
        last.push(pull([0.7, 0.9]));
        if (last.slice(-100).filter((arm) => arm === 1).length >= 80) return pulls;
      }
      return Number.POSITIVE_INFINITY;
    });
    expect(Math.max(...recoveries)).toBeLessThanOrEqual(500);
  });

  it('that remember everything do not all find out within 1,500', () => {
    const stuck = seeds.slice(0, 20).filter((seed) => {
      const pull = twoArms(seed, 1);
      for (let i = 0; i < 2_000; i++) pull([0.9, 0.7]);
      const pulls = Array.from({ length: 1_500 }, () => pull([0.7, 0.9]));
      return pulls.slice(-100).filter((arm) => arm === 1).length < 80;
    });
    expect(stuck.length).toBeGreaterThan(0);
  });
});

describe('what is known of runs', () => {
  const runs = (successes: number, failures: number, ms = 1): Known =>
    plus(plus(nothing, seenRun(true, Math.log(ms)), successes), seenRun(false, Math.log(ms)), failures);

  it('failures: the mean of Beta(1 + failures, 1 + successes), and draws around it', () => {
    expect([meanFailure(nothing), meanFailure(runs(8, 2))]).toEqual([0.5, 3 / 12]);
    const random = seededRandom(7);
    const draws = Array.from({ length: 4_000 }, () => drawFailure(runs(80, 20), random));
    const mean = draws.reduce((sum, draw) => sum + draw, 0) / draws.length;
    expect(mean).toBeCloseTo(21 / 102, 2);
    expect(Math.min(...draws)).toBeGreaterThan(0.05);
  });

  it('times: an arm never seen is what is expected of it, not 0; runs pull it to what they were, failures do not', () => {
    expect(meanRunMs(nothing, 500)).toBeCloseTo(500, 9);
    expect(meanRunMs(runs(3, 5, 8_000), 500)).toBeCloseTo(4_000, 6); // (500 · 8000³)^¼
  });

  it('draws of times are wide without runs and narrow with many', () => {
    const spread = (counts: Known) => {
      const random = seededRandom(3);
      const draws = Array.from({ length: 2_000 }, () => Math.log(drawRunMs(counts, 1, random)));
      const mean = draws.reduce((sum, draw) => sum + draw, 0) / draws.length;
      return Math.sqrt(draws.reduce((sum, draw) => sum + (draw - mean) ** 2, 0) / draws.length);
    };
    expect(spread(nothing)).toBeGreaterThan(0.4);
    expect(spread(runs(400, 0))).toBeLessThan(0.05);
  });
});

describe('draws have the mean and variance of their distributions', () => {
  const moments = (draw: (random: () => number) => number) => {
    const random = seededRandom(11);
    const draws = Array.from({ length: 40_000 }, () => draw(random));
    const mean = draws.reduce((sum, one) => sum + one, 0) / draws.length;
    return [mean, draws.reduce((sum, one) => sum + (one - mean) ** 2, 0) / draws.length];
  };

  it.each<[string, (random: () => number) => number, number, number]>([
    ['normal', normalDraw, 0, 1],
    ['gamma 1', (random) => gammaDraw(1, random), 1, 1],
    ['gamma 4.5', (random) => gammaDraw(4.5, random), 4.5, 4.5],
    ['beta 2, 5', (random) => betaDraw(2, 5, random), 2 / 7, 10 / (49 * 8)],
  ])('%s', (_, draw, mean, variance) => {
    const [found = 0, spread = 0] = moments(draw);
    expect(Math.abs(found - mean)).toBeLessThan(4 * Math.sqrt(variance / 40_000));
    expect(spread / variance).toBeCloseTo(1, 1);
  });
});
