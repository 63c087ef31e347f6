import { describe, expect, it } from 'vitest';
import { SpendLedger } from '../../../src/core/scheduling/spend.ts';
import { fc } from '../../helpers/fc.ts';

const hour = 3_600_000;
const noon = Date.UTC(2026, 2, 1, 12);

function aLedger(limit = 10, window: 'hour' | 'day' | 'month' = 'hour', now = noon): SpendLedger {
  const ledger = new SpendLedger();
  ledger.advance(now);
  ledger.limit(1, { limit, window });
  return ledger;
}

describe('the money of a tenant', () => {
  it('is reserved at the decision and becomes what it cost at the end', () => {
    const ledger = aLedger();
    const reserved = ledger.reserve(1, 4);
    expect(ledger.leftOf(1)).toBe(6);
    expect(ledger.settle(1, reserved, 4)).toBe(false);
    expect(ledger.spendingOf(1, 'hour', noon)).toEqual({ spent: 4, reserved: 0, until: noon + hour });
    const other = ledger.reserve(1, 6);
    expect(ledger.leftOf(1)).toBe(0);
    expect(ledger.settle(1, other, 0.5)).toBe(true); // it was cheaper, or never ran
    expect(ledger.leftOf(1)).toBe(5.5);
  });

  it('has no end without a limit, and a limit that is new counts what has been', () => {
    const ledger = new SpendLedger();
    ledger.advance(noon);
    ledger.settle(1, ledger.reserve(1, 3), 3);
    ledger.reserve(1, 2);
    expect([ledger.leftOf(1), ledger.untilOf(1), ledger.limitOf(1)]).toEqual([Infinity, Infinity, undefined]);
    ledger.limit(1, { limit: 10, window: 'day' });
    expect([ledger.leftOf(1), ledger.untilOf(1)]).toEqual([5, noon + 12 * hour]);
    ledger.limit(1, { limit: 1, window: 'day' });
    expect(ledger.leftOf(1)).toBe(-4);
    ledger.limit(1, null);
    expect(ledger.leftOf(1)).toBe(Infinity);
  });

  it('is there again when the window turns, but for what still runs', () => {
    const ledger = aLedger();
    ledger.settle(1, ledger.reserve(1, 7), 7);
    const running = ledger.reserve(1, 2);
    ledger.advance(noon + hour - 1);
    expect(ledger.leftOf(1)).toBe(1);
    const later = { spent: 0, reserved: 2, until: noon + 2 * hour };
    expect(ledger.spendingOf(1, 'hour', noon + hour)).toEqual(later); // before it was told
    ledger.advance(noon + hour);
    expect([ledger.leftOf(1), ledger.spendingOf(1, 'hour', noon + hour)]).toEqual([8, later]);
    ledger.settle(1, running, 2);
    expect(ledger.spendingOf(1, 'hour', noon + hour)).toMatchObject({ spent: 2, reserved: 0 });
    expect(ledger.spendingOf(1, 'day', noon + hour)).toMatchObject({ spent: 9, reserved: 0 });
  });

  it('is not there again when the clock is set back', () => {
    const ledger = aLedger();
    ledger.settle(1, ledger.reserve(1, 7), 7);
    ledger.advance(noon - 1);
    expect(ledger.leftOf(1)).toBe(3);
  });

  it('is counted again at a start from what was spent by the hour', () => {
    for (const [window, spent] of [
      ['hour', 1],
      ['day', 3],
      ['month', 7],
    ] as const) {
      const ledger = aLedger(10, window, noon + hour * 24);
      ledger.recall(1, noon - hour * 24 * 30, 8);
      ledger.recall(1, noon, 4);
      ledger.recall(1, noon + hour * 13, 2);
      ledger.recall(1, noon + hour * 24, 1);
      expect(ledger.leftOf(1), window).toBe(10 - spent);
    }
  });

  it('belongs to each tenant alone, however many there are', () => {
    const ledger = aLedger();
    for (let tenant = 2; tenant < 500; tenant++) ledger.settle(tenant, ledger.reserve(tenant, 2 * tenant), tenant);
    expect(ledger.leftOf(1)).toBe(10);
    for (let tenant = 2; tenant < 500; tenant++)
      expect(ledger.spendingOf(tenant, 'hour', noon)).toMatchObject({ spent: tenant, reserved: 0 });
    expect(ledger.spendingOf(9_999, 'month', noon)).toMatchObject({ spent: 0, reserved: 0 });
  });

  it('never exceeds the limit in a window, whoever asks only for what is left', () => {
    const step = fc.record({ amount: fc.integer({ min: 0, max: 5_000_000 }), refund: fc.boolean(), ms: fc.integer({ min: 0, max: hour }) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const ledger = aLedger(7);
        const open: { micros: number; amount: number }[] = [];
        const spent = new Map<number, number>();
        let now = noon;
        for (const { amount, refund, ms } of steps) {
          now += ms;
          ledger.advance(now);
          const money = amount / 1e6;
          if (money <= ledger.leftOf(1)) open.push({ micros: ledger.reserve(1, money), amount: money });
          const ended = open.length > 3 ? open.shift() : undefined;
          if (ended === undefined) continue;
          const cost = refund ? 0 : ended.amount;
          ledger.settle(1, ended.micros, cost);
          const window = Math.floor(now / hour);
          spent.set(window, (spent.get(window) ?? 0) + Math.round(cost * 1e6));
        }
        return [...spent.values()].every((micros) => micros <= 7_000_000);
      }),
      { numRuns: 300 },
    );
  });
});
