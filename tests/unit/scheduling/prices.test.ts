import { describe, expect, it } from 'vitest';
import { Prices } from '../../../src/core/scheduling/prices.ts';

function setup(...listed: number[]) {
  const prices = new Prices();
  for (const price of listed) prices.add(price);
  return prices;
}

describe('Prices', () => {
  it('a cap is the dearest listed price the task can pay', () => {
    const prices = setup(2, 0.5, 0.55, 2);
    expect([0.49, 0.5, 0.6, 2, 100].map((maxCost) => prices.capFor(1, maxCost))).toEqual([-1, 0.5, 0.55, 2, 2]);
    expect(prices.capFor(4, 2.2)).toBe(0.55);
  });

  it('no cap stays no cap, also for pools yet to come', () => {
    expect(setup(1).capFor(1, Number.POSITIVE_INFINITY)).toBe(Number.POSITIVE_INFINITY);
  });

  it('what is charged decides, not what floating point makes of it: 3 x 0.1 costs 0.3', () => {
    expect(setup(0.1).capFor(3, 0.3)).toBe(0.1);
  });

  it('tells when a price appears or disappears, not when another pool shares it', () => {
    const prices = setup();
    expect([prices.add(1), prices.add(1), prices.remove(1), prices.remove(1)]).toEqual([true, false, false, true]);
    expect(prices.dearest).toBe(0);
  });
});
