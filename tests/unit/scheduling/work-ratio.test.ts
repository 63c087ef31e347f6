import { describe, expect, it } from 'vitest';
import { WorkRatio } from '../../../src/core/scheduling/work-ratio.ts';

describe('the ratio of real to expected work', () => {
  it('is 1 before anything has run', () => {
    expect(new WorkRatio().value).toBe(1);
  });

  it('takes five runs to have been as expected: the first of half that, and then another', () => {
    const ratio = new WorkRatio();
    ratio.ended(100, 50);
    expect(ratio.value).toBeCloseTo((5 * 100 + 50) / 600);
    ratio.ended(100, 50);
    expect(ratio.value).toBeCloseTo((5 * 100 + 2 * 50) / 700);
  });

  it('weighs runs by their work', () => {
    const ratio = new WorkRatio();
    for (let i = 0; i < 1_000; i++) ratio.ended(1, 10);
    ratio.ended(1_000_000, 500_000);
    expect(ratio.value).toBeCloseTo(0.5, 1);
  });

  it('follows what changes: after a thousand runs those before are as good as forgotten', () => {
    const ratio = new WorkRatio();
    for (let i = 0; i < 1_000; i++) ratio.ended(10, 1);
    for (let i = 0; i < 1_000; i++) ratio.ended(10, 20);
    expect(ratio.value).toBeGreaterThan(1.95);
    expect(ratio.value).toBeLessThan(2);
  });
});
