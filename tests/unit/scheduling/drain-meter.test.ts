import { describe, expect, it } from 'vitest';
import { DrainMeter } from '../../../src/core/scheduling/drain-meter.ts';

const start = 1_700_000_000_000;
const [a, b, c] = [{ place: 0 }, { place: 1 }, { place: 700 }];

describe('DrainMeter', () => {
  it('counts ends and slots at the places that are asked for', () => {
    const meter = new DrainMeter(60_000);
    meter.watch(start);
    meter.ended(0, 1, start + 1_000);
    meter.ended(0, 4, start + 2_000);
    meter.ended(1, 2, start + 2_000);
    meter.ended(700, 1, start + 15_000);
    expect(meter.at([a], start + 20_000)).toEqual({ ends: 2, slots: 5, overMs: 20_000 });
    expect(meter.at([a, b, c], start + 20_000)).toEqual({ ends: 4, slots: 8, overMs: 20_000 });
    expect(meter.at([{ place: 5 }], start + 20_000)).toEqual({ ends: 0, slots: 0, overMs: 20_000 });
  });

  it('says nothing before it watches', () => {
    expect(new DrainMeter(60_000).at([a], start)).toEqual({ ends: 0, slots: 0, overMs: 0 });
  });

  it('forgets what is older than its window, also when nothing happens meanwhile', () => {
    const meter = new DrainMeter(60_000);
    meter.watch(start);
    meter.ended(0, 1, start);
    expect(meter.at([a], start + 60_000)).toEqual({ ends: 1, slots: 1, overMs: 60_000 });
    expect(meter.at([a], start + 75_000).ends).toBe(0);
    meter.ended(0, 3, start + 500_000);
    expect(meter.at([a], start + 500_000)).toMatchObject({ ends: 1, slots: 3 });
  });

  it('equals a list of all ends, whatever the order of ends and questions', () => {
    const meter = new DrainMeter(60_000);
    meter.watch(start);
    const ends: { at: number; place: number; slots: number }[] = [];
    const askedAgain = [{ place: 1 }, { place: 3 }];
    let now = start;
    for (let i = 0; i < 2_000; i++) {
      now += (i * 7919) % 3_001;
      const end = { at: now, place: i % 5, slots: 1 + (i % 3) };
      ends.push(end);
      meter.ended(end.place, end.slots, end.at);
      const from = (Math.floor(now / 10_000) - 6) * 10_000;
      const expected = ends.filter(({ at, place }) => at >= from && (place === 1 || place === 3));
      const drain = {
        ends: expected.length,
        slots: expected.reduce((sum, { slots }) => sum + slots, 0),
        overMs: now - Math.max(from, start),
      };
      expect(meter.at([{ place: 1 }, { place: 3 }], now)).toEqual(drain);
      expect(meter.at(askedAgain, now)).toEqual(drain);
    }
  });

  it('a clock that was set back counts into the newest slice', () => {
    const meter = new DrainMeter(60_000);
    meter.watch(start);
    meter.ended(0, 1, start + 30_000);
    meter.ended(0, 1, start - 90_000);
    expect(meter.at([a], start + 31_000).ends).toBe(2);
  });
});
