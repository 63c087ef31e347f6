import { describe, expect, it } from 'vitest';
import { plantedBugs } from './planted-bugs.ts';
import { simulate } from './simulate.ts';

const mostSeeds = 200;

describe('a planted bug is found by the rule that forbids it', () => {
  for (const { id, what, rule, plant } of plantedBugs) {
    it(`${id}: ${what} (${rule})`, async () => {
      expect(await firstSeedThatBreaks(rule, plant)).toBeLessThanOrEqual(mostSeeds);
    });
  }
});

async function firstSeedThatBreaks(rule: string, plant: (typeof plantedBugs)[number]['plant']): Promise<number> {
  for (let seed = 1; seed <= mostSeeds; seed++) {
    const { problems } = await simulate({ seed, tampering: plant() });
    if (problems.some((problem) => problem.rule === rule)) return seed;
  }
  return Number.POSITIVE_INFINITY;
}
