import { describe, expect, it } from 'vitest';
import { Shares } from '../../../src/core/scheduling/shares.ts';

const hour = 3_600_000;

describe('Shares', () => {
  it('100 slots in use for 48 h count 75 of 100 at a half-life of 24 h', () => {
    const shares = new Shares({ cpu: 100, gpu: 0 });
    const halfLifeMs = 24 * hour;
    const step = hour / 60;
    shares.enter(0);
    shares.fade(0, halfLifeMs);
    for (let now = step; now <= 48 * hour; now += step) {
      shares.charge(0, 100 * step);
      shares.fade(now, halfLifeMs);
    }
    // What use at a constant rate approaches is rate x half-life / ln 2.
    expect((shares.fadedUseOf(0) * Math.LN2) / halfLifeMs).toBeCloseTo(75, 0);
  });

  it('use halves with every half-life, also past the point where numbers are scaled down', () => {
    const shares = new Shares({ cpu: 1, gpu: 1 });
    shares.enter(0);
    shares.fade(0, hour);
    shares.charge(0, 2 ** 10);
    shares.fade(10 * hour, hour);
    expect(shares.fadedUseOf(0)).toBeCloseTo(1, 9);
    shares.charge(0, 2 ** 20);
    expect(shares.fade(300 * hour, hour)).toBe(true);
    expect(shares.fadedUseOf(0)).toBeGreaterThanOrEqual(0);
    shares.charge(0, 8);
    shares.fade(303 * hour, hour);
    expect(shares.fadedUseOf(0)).toBeCloseTo(1, 9);
  });

  it('who comes back starts at the least use of those active, and keeps a larger one', () => {
    const shares = new Shares({ cpu: 1, gpu: 1 });
    for (const tenant of [0, 1]) shares.enter(tenant);
    shares.charge(0, 50);
    shares.charge(1, 80);
    shares.enter(2);
    expect(shares.usedOf(2)).toBe(50);
    shares.leave(1);
    shares.charge(0, 10);
    shares.enter(1);
    expect(shares.usedOf(1)).toBe(80);
  });

  it('a weight divides what was used', () => {
    const shares = new Shares({ cpu: 1, gpu: 1 });
    shares.enter(0);
    shares.charge(0, 60);
    shares.setWeight(0, 3);
    expect(shares.usedOf(0)).toBe(20);
  });

  it('the dominant share is that of the scarcest kind, with the task that asks', () => {
    const shares = new Shares({ cpu: 9, gpu: 3 });
    shares.enter(0);
    shares.take(0, 'cpu', 3);
    expect(shares.dominantOf(0, 'cpu', 0)).toBeCloseTo(1 / 3);
    expect(shares.dominantOf(0, 'gpu', 2)).toBeCloseTo(2 / 3);
    shares.setWeight(0, 2);
    expect(shares.dominantOf(0, 'gpu', 2)).toBeCloseTo(1 / 3);
    shares.give(0, 'cpu', 3);
    expect(shares.dominantOf(0, 'cpu', 0)).toBe(0);
  });
});
