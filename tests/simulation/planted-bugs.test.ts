import { describe, expect, it } from 'vitest';
import { createSeededRandom } from '../../src/core/replay/seeded-random.ts';
import { drawKnobs, type FaultKind } from './knobs.ts';
import { plantedBugs } from './planted-bugs.ts';
import { simulate } from './simulate.ts';

const mostSeeds = 200;

describe('a planted bug is found by the rule that forbids it', () => {
  for (const { id, what, rule, needs = [], plant } of plantedBugs) {
    it(`${id}: ${what} (${rule})`, async () => {
      expect(await firstSeedThatBreaks(rule, needs, plant)).toBeLessThanOrEqual(mostSeeds);
    });
  }
});

async function firstSeedThatBreaks(
  rule: string,
  needs: readonly FaultKind[],
  plant: (typeof plantedBugs)[number]['plant'],
): Promise<number> {
  for (let seed = 1; seed <= mostSeeds; seed++) {
    const { on } = drawKnobs(createSeededRandom(seed));
    if (!needs.every((kind) => on.has(kind))) continue;
    const { problems } = await simulate({ seed, tampering: plant() });
    if (problems.some((problem) => problem.rule === rule)) return seed;
  }
  return Number.POSITIVE_INFINITY;
}
