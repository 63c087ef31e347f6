import { describe, expect, it } from 'vitest';
import type { History } from '../../../../src/core/ports/history.ts';
import { windowExtent } from '../../../../src/core/replay/history/window-extent.ts';

const window = { from: Date.parse('2026-05-01T08:00:00Z'), to: Date.parse('2026-05-01T09:00:00Z') };
const holding = (stored: number): Pick<History, 'extent'> => ({
  extent: () => (stored === 0 ? undefined : { first: 1, last: 2 * stored, stored, isCut: false }),
});

describe('the window of a replay', () => {
  it('may hold as many tasks as one replay takes, and those that retention removed do not count', () => {
    expect(windowExtent(holding(3_000), window, 3_000)).toMatchObject({ stored: 3_000 });
  });

  it('is refused with one more, and told how many there are', () => {
    expect(() => windowExtent(holding(3_001), window, 3_000)).toThrow(
      expect.objectContaining({
        code: 'validation_failed',
        message: 'window must hold at most 3,000 tasks, and holds 3,001: choose a shorter one.',
        errors: [{ path: '/body/window', message: 'must hold at most 3,000 tasks, and holds 3,001: choose a shorter one' }],
      }),
    );
  });

  it('takes five million unless somebody says otherwise', () => {
    expect(windowExtent(holding(5_000_000), window)).toMatchObject({ stored: 5_000_000 });
    expect(() => windowExtent(holding(5_000_001), window)).toThrow('at most 5,000,000 tasks, and holds 5,000,001');
  });

  it('is refused when nothing of it is left', () => {
    expect(() => windowExtent(holding(0), window)).toThrow(
      'none that is still stored was accepted between 2026-05-01T08:00:00.000Z and 2026-05-01T09:00:00.000Z',
    );
  });
});
