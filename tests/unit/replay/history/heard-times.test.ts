import { describe, expect, it } from 'vitest';
import { createHeardTimes } from '../../../../src/core/replay/history/heard-times.ts';
import { knownReaction } from '../../../../src/core/replay/history/reaction.ts';

describe('when a server heard of what', () => {
  it('is the turn that followed, and turns of one millisecond keep their order', () => {
    const heard = createHeardTimes(10, 12, 1_000);
    heard.turn(2_000);
    heard.arrived(10);
    heard.turn(2_000);
    heard.arrived(11);
    heard.ended(10, 1);
    heard.turn(2_001);
    heard.ended(11, 1);
    expect(heard.arrivalOf(10)).toBe(2_000);
    expect(heard.arrivalOf(11)).toBeGreaterThan(2_000);
    expect(heard.endOf(10, 1)).toBe(heard.arrivalOf(11));
    expect(heard.endOf(11, 1)).toBe(2_001);
    expect([heard.arrivalOf(12), heard.endOf(12, 1), heard.arrivalOf(99)]).toEqual([undefined, undefined, undefined]);
  });

  it('is the first time for a task that comes back, and each end has its own', () => {
    const heard = createHeardTimes(1, 1, 0);
    for (const [at, attempt] of [
      [10, 1],
      [20, 2],
    ] as const) {
      heard.turn(at);
      heard.arrived(1);
      heard.ended(1, attempt);
    }
    expect([heard.arrivalOf(1), heard.endOf(1, 1), heard.endOf(1, 2)]).toEqual([10, 10, 20]);
  });

  it('of what was there before the window is known where it ended inside', () => {
    const heard = createHeardTimes(5, 6, 100);
    heard.turn(99);
    heard.ended(1, 1);
    heard.turn(100);
    heard.ended(2, 1);
    expect([heard.endOf(1, 1), heard.endOf(2, 1)]).toEqual([undefined, 100]);
  });

  it('stands for how long it took to react, never less than nothing; else an estimate does', () => {
    const heard = createHeardTimes(1, 2, 0);
    heard.turn(50);
    heard.arrived(1);
    heard.ended(1, 1);
    const reaction = knownReaction(heard, () => ({ afterEnd: () => 7, afterArrival: () => 8 }));
    expect([reaction.afterArrival(1, 45), reaction.afterArrival(1, 60), reaction.afterArrival(2, 45)]).toEqual([5, 0, 8]);
    expect([reaction.afterEnd(1, 1, 48), reaction.afterEnd(1, 1, null), reaction.afterEnd(2, 1, 48)]).toEqual([2, 7, 7]);
  });
});
