import { describe, expect, it } from 'vitest';
import {
  ago,
  between,
  clockTime,
  compact,
  count,
  dateTime,
  duration,
  money,
  percent,
  plural,
  shortId,
  size,
  total,
  trim,
} from '../../frontend/js/model/format.js';

describe('numbers', () => {
  it.each([
    [0, '0'],
    [999, '999'],
    [1_000, '1,000'],
    [1_234_567, '1,234,567'],
    [-12_345, '-12,345'],
  ])('count(%d) is %s', (value, text) => expect(count(value)).toBe(text));

  it.each([
    [9_999, '9,999'],
    [12_345, '12.3k'],
    [999_949, '999.9k'],
    [999_951, '1M'],
    [4_100_000, '4.1M'],
  ])('compact(%d) is %s', (value, text) => expect(compact(value)).toBe(text));

  it.each([
    [0, '0 B'],
    [1_023, '1023 B'],
    [1_024, '1 KiB'],
    [1_536, '1.5 KiB'],
    [1_048_576, '1 MiB'],
    [5e9, '4.7 GiB'],
    [2 ** 60, '1048576 TiB'],
  ])('size(%d) is %s', (value, text) => expect(size(value)).toBe(text));

  it('says when a total is a lower bound', () => {
    expect(total(10_001, true)).toBe('10,000+');
    expect(total(10_001, false)).toBe('10,001');
  });

  it.each([
    [0, '0.00'],
    [0.5, '0.50'],
    [0.0025, '0.0025'],
    [8_412.35, '8,412.35'],
    [1e-7, '0.00'],
  ])('money(%d) is %s', (value, text) => expect(money(value)).toBe(text));

  it('rounds percent and trims zeros', () => {
    expect(percent(0.805)).toBe('81%');
    expect(trim(1.2, 3)).toBe('1.2');
  });
});

describe('times', () => {
  it.each([
    [-5, '0 ms'],
    [0, '0 ms'],
    [999, '999 ms'],
    [1_000, '1 s'],
    [1_046, '1.05 s'],
    [12_340, '12.3 s'],
    [59_949, '59.9 s'],
    [59_950, '1 min'],
    [125_000, '2 min 5 s'],
    [3_600_000, '1 h'],
    [11_040_000, '3 h 4 min'],
    [176_400_000, '2 d 1 h'],
  ])('duration(%d) is %s', (ms, text) => expect(duration(ms)).toBe(text));

  it.each([
    [0, 'just now'],
    [1_999, '1 s ago'],
    [61_000, '1 min ago'],
    [7_300_000, '2 h ago'],
    [200_000_000, '2 d ago'],
  ])('ago(%d) is %s', (ms, text) => expect(ago(ms)).toBe(text));

  it('reads ISO times without a zone of its own', () => {
    expect(clockTime('2026-11-21T22:38:06.120Z')).toBe('22:38:06');
    expect(dateTime('2026-11-21T22:38:06.120Z')).toBe('2026-11-21 22:38:06');
    expect(between('2026-11-21T22:38:06.120Z', '2026-11-21T22:38:07.000Z')).toBe(880);
    expect(between(null, '2026-11-21T22:38:07.000Z')).toBeUndefined();
  });
});

it('names things', () => {
  expect(plural(1, 'task')).toBe('1 task');
  expect(plural(2_000, 'task')).toBe('2,000 tasks');
  expect(shortId('0199a1b2-c3d4-7e5f-8a9b-0000000003f2')).toBe('000003f2');
});
