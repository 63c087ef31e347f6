import { describe, expect, it } from 'vitest';
import { createVirtualClock } from '../../../src/core/replay/virtual-clock.ts';
import { type Range, scanWindows } from '../../../src/store/sqlite/window-scan.ts';

/** Scans with a look that costs `costMs(window)`, until `enough`. */
async function scan(
  range: Range,
  newestFirst: boolean,
  costMs: (window: Range) => number,
  enough: (window: Range) => boolean = () => false,
) {
  const clock = createVirtualClock();
  const seen: Range[] = [];
  const look = (window: Range) => {
    seen.push(window);
    clock.advanceTo(clock.monotonicMs() + costMs(window));
    return enough(window);
  };
  const finished = scanWindows({ range, newestFirst, look, maxMs: 1_000 }, clock);
  while (clock.runNext()) await new Promise((resolve) => setImmediate(resolve));
  return { finished: await finished, seen };
}

describe('scanWindows', () => {
  it.each([true, false])('covers a range once, without gaps (newest first: %s)', async (newestFirst) => {
    const { finished, seen } = await scan({ from: 5, to: 1_000_000 }, newestFirst, () => 1);
    const ordered = newestFirst ? seen.toReversed() : seen;
    expect(finished).toBe(true);
    expect(ordered[0]?.from).toBe(5);
    expect(ordered.at(-1)?.to).toBe(1_000_000);
    expect(ordered.slice(1).every((window, i) => window.from === ordered[i]?.to)).toBe(true);
  });

  it('looks at larger windows while they are quick, and smaller ones when they are slow', async () => {
    const quick = await scan({ from: 0, to: 500_000 }, false, () => 1);
    expect(quick.seen.slice(0, 3).map(({ from, to }) => to - from)).toEqual([10_000, 20_000, 40_000]);
    const slow = await scan({ from: 0, to: 40_000 }, false, () => 20);
    expect(slow.seen.slice(0, 5).map(({ from, to }) => to - from)).toEqual([10_000, 5_000, 2_500, 1_250, 1_000]);
  });

  it('ends when it has seen enough', async () => {
    const { finished, seen } = await scan(
      { from: 0, to: 1e9 },
      true,
      () => 1,
      (window) => window.from < 1e9 - 50_000,
    );
    expect([finished, seen.length]).toEqual([true, 3]);
  });

  it('gives up when its time is over, and says so', async () => {
    const { finished, seen } = await scan({ from: 0, to: 1e12 }, true, () => 300);
    expect([finished, seen.length]).toEqual([false, 4]);
  });

  it('has nothing to do in an empty range', async () => {
    expect(await scan({ from: 7, to: 7 }, true, () => 1)).toEqual({ finished: true, seen: [] });
  });
});
