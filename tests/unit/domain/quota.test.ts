import { describe, expect, it } from 'vitest';
import { hourOf, spendWindowOf } from '../../../src/core/domain/quota.ts';

const at = Date.UTC(2028, 1, 29, 23, 59, 59, 999); // a leap day

describe('windows of spending are fixed in UTC', () => {
  it.each([
    ['hour', '2028-02-29T23:00:00.000Z', '2028-03-01T00:00:00.000Z'],
    ['day', '2028-02-29T00:00:00.000Z', '2028-03-01T00:00:00.000Z'],
    ['month', '2028-02-01T00:00:00.000Z', '2028-03-01T00:00:00.000Z'],
  ] as const)('%s', (window, from, until) => {
    const iso = ({ from, until }: { from: number; until: number }) => [new Date(from).toISOString(), new Date(until).toISOString()];
    expect(iso(spendWindowOf(window, at))).toEqual([from, until]);
    expect(spendWindowOf(window, at + 1).from).toBe(Date.parse(until));
    expect(spendWindowOf(window, Date.parse(from)).from).toBe(Date.parse(from));
  });

  it('a year ends with its last month', () => {
    expect(spendWindowOf('month', Date.UTC(2027, 11, 31))).toEqual({ from: Date.UTC(2027, 11), until: Date.UTC(2028, 0) });
  });

  it('begin and end with an hour', () => {
    for (const window of ['hour', 'day', 'month'] as const) {
      const { from, until } = spendWindowOf(window, at);
      expect([hourOf(from), hourOf(until)]).toEqual([from, until]);
    }
  });
});
