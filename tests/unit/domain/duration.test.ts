import { describe, expect, it } from 'vitest';
import { duration as ofTheDashboard } from '../../../frontend/js/model/format.js';
import { duration, expectedTime } from '../../../src/core/domain/duration.ts';

describe('a span', () => {
  it.each([
    [0, '0 ms'],
    [340, '340 ms'],
    [999.4, '999 ms'],
    [999.6, '1 s'],
    [4_249, '4.25 s'],
    [9_994, '9.99 s'],
    [9_995, '10 s'],
    [59_949, '59.9 s'],
    [59_960, '1 min'],
    [3_599_600, '1 h'],
    [86_399_000, '1 d'],
    [-5, '0 ms'],
    [200_000, '3 min 20 s'],
    [180_000, '3 min'],
    [7_500_000, '2 h 5 min'],
    [273_600_000, '3 d 4 h'],
  ])('of %d ms is %s, here as on the dashboard', (ms, text) => expect([duration(ms), ofTheDashboard(ms)]).toEqual([text, text]));
});

describe('when something is expected', () => {
  it.each([
    [0, 0, 'now'],
    [0, 2_954_000, 'within 49 min'],
    [200_000, 2_954_000, 'within 49 min'],
    [0, 300, 'within 1 s'],
    [4_000, 4_000, 'in 4 s'],
    [2_000, 5_000, 'in 2 to 5 s'],
    [50_000, 180_000, 'in 50 s to 3 min'],
    [31_000, 31_400, 'in 31 to 32 s'],
    [1_810_000, 1_815_000, 'in about 30 min'],
    [3_600_000, 36_000_000, 'in 60 min to 10 h'],
    [0, 864_000_000, 'within 10 d'],
    [2_340_000_000, 2_340_000_000, 'in 27 d'],
  ])('between %i and %i ms from now it is told as: %s', (least, most, text) => expect(expectedTime([least, most])).toBe(text));
});
