import { describe, expect, it } from 'vitest';
import { RateMeter, type RatePlace } from '../../../src/core/domain/gcra.ts';
import { fc } from '../../helpers/fc.ts';

/** Takes places at these times as far as the rate allows, and keeps them. @returns the times that were taken */
function taken(meter: RateMeter, times: readonly number[]): number[] {
  return times.filter((at) => {
    if (meter.waitMs(at) > 0) return false;
    meter.keep(meter.take(at));
    return true;
  });
}

describe('a rate', () => {
  it('of 10/s, burst 3: of four submits at once three are taken, the fourth is told 0.1 s', () => {
    const meter = new RateMeter({ perSecond: 10, burst: 3 });
    expect(taken(meter, [0, 0, 0, 0])).toHaveLength(3);
    expect(meter.waitMs(0)).toBe(100);
    expect(taken(meter, [99, 100, 101, 200])).toEqual([100, 200]);
  });

  it('says what is left, and when all of it is there again', () => {
    const meter = new RateMeter({ perSecond: 10, burst: 3 });
    expect([meter.left(0), meter.fullInMs(0)]).toEqual([3, 0]);
    taken(meter, [0, 0]);
    expect([meter.left(0), meter.fullInMs(0)]).toEqual([1, 200]);
    expect([meter.left(100), meter.fullInMs(100)]).toEqual([2, 100]);
    expect([meter.left(1_000), meter.fullInMs(1_000)]).toEqual([3, 0]);
  });

  it('with a burst of 1 keeps submits apart', () => {
    expect(taken(new RateMeter({ perSecond: 2, burst: 1 }), [0, 499, 500, 700, 1_200, 1_700])).toEqual([0, 500, 1_200, 1_700]);
  });

  it('goes on from an arrival time it is given', () => {
    const meter = new RateMeter({ perSecond: 10, burst: 3 }, 300);
    expect(meter.waitMs(0)).toBe(100);
  });

  it('that changes keeps the part of the burst that is used up', () => {
    const meter = new RateMeter({ perSecond: 1, burst: 4 });
    taken(meter, [0, 0]);
    meter.change({ perSecond: 100, burst: 10 }, 0);
    expect([meter.left(0), meter.fullInMs(0)]).toEqual([5, 50]);
    const stale = meter.take(0);
    meter.change({ perSecond: 100, burst: 10 }, 0);
    meter.drop(stale); // of the rate before: it stays counted
    expect(meter.left(0)).toBe(4);
  });
});

const rates = fc.record({ perSecond: fc.double({ min: 0.01, max: 1_000, noNaN: true }), burst: fc.integer({ min: 1, max: 20 }) });
const gaps = fc.array(fc.oneof(fc.constant(0), fc.double({ min: 0, max: 3_000, noNaN: true })), { maxLength: 120 });
const timesOf = (gapsMs: readonly number[]) => {
  let at = 0;
  return gapsMs.map((gap) => (at += gap));
};

/** The most that lies above the allowance in any window that begins and ends with a submit. */
function worstExcess(times: readonly number[], { perSecond, burst }: { perSecond: number; burst: number }): number {
  let worst = Number.NEGATIVE_INFINITY;
  for (const [i, from] of times.entries())
    for (let j = i; j < times.length; j++) worst = Math.max(worst, j - i + 1 - (burst + (perSecond * (times[j]! - from)) / 1_000));
  return worst;
}

describe('every window of length t holds at most burst + rate * t', () => {
  it('whenever they come', () => {
    fc.assert(
      fc.property(rates, gaps, (rate, gapsMs) => worstExcess(taken(new RateMeter(rate), timesOf(gapsMs)), rate) <= 1e-6),
      { numRuns: 300 },
    );
  });

  it('and those who come no faster than the rate are never refused', () => {
    fc.assert(
      fc.property(rates, fc.integer({ min: 1, max: 60 }), (rate, count) => {
        const times = Array.from({ length: count }, (_, i) => (i * 1_000.001) / rate.perSecond);
        return taken(new RateMeter(rate), times).length === count;
      }),
      { numRuns: 100 },
    );
  });

  it('also of those that were kept in the end, and what was dropped is as if it had never come', () => {
    // The end of a place is told late and in any order.
    const events = fc.array(
      fc.record({ gap: fc.integer({ min: 0, max: 50 }), kept: fc.boolean(), delay: fc.integer({ min: 0, max: 6 }) }),
      {
        maxLength: 60,
      },
    );
    fc.assert(
      fc.property(rates, events, (rate, list) => {
        const meter = new RateMeter(rate);
        const open: { place: RatePlace; kept: boolean; due: number }[] = [];
        const kept: number[] = [];
        let at = 0;
        for (const [i, { gap, kept: isKept, delay }] of list.entries()) {
          at += gap;
          if (meter.waitMs(at) === 0) {
            open.push({ place: meter.take(at), kept: isKept, due: i + delay });
            if (isKept) kept.push(at);
          }
          for (const one of open.filter(({ due }) => due <= i)) {
            if (one.kept) meter.keep(one.place);
            else meter.drop(one.place);
            open.splice(open.indexOf(one), 1);
          }
        }
        for (const { place, kept: isKept } of open) {
          if (isKept) meter.keep(place);
          else meter.drop(place);
        }
        const plain = new RateMeter(rate);
        for (const time of kept) plain.keep(plain.take(time));
        expect(meter.fullInMs(at)).toBeCloseTo(plain.fullInMs(at), 6);
        return worstExcess(kept, rate) <= 1e-6;
      }),
      { numRuns: 300 },
    );
  });
});
