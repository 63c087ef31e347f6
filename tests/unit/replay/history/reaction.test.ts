import { describe, expect, it } from 'vitest';
import type { RecordedTask } from '../../../../src/core/ports/history.ts';
import { reactionOf } from '../../../../src/core/replay/history/reaction.ts';
import { anEntry } from '../../../helpers/scheduling.ts';

/** A task that was ready and ran on the one pool then. */
function ran(seq: number, readyAt: number, startedAt: number, endedAt: number): RecordedTask {
  return {
    ...{ entry: anEntry({ seq, readyAt }), enqueuedAt: readyAt, maxAttempts: 1, status: 'completed', completedAt: endedAt },
    ...{ cancelRequestedAt: null, actualCost: 0 },
    attempts: [{ pool: 'only', parts: null, startedAt, endedAt, outcome: 'succeeded', backoffMs: 0 }],
  };
}

describe('how long a server took to react', () => {
  it('to an arrival where a slot was free, to an end where somebody waited', () => {
    const reaction = reactionOf([ran(1, 0, 10, 100), ran(2, 50, 120, 200), ran(3, 300, 312, 400)]);
    expect([reaction.afterArrival(1), reaction.afterEnd(1, 1), reaction.afterArrival(3)]).toEqual([10, 20, 12]);
  });

  it('as usual where the record does not say, the median', () => {
    const reaction = reactionOf([ran(1, 0, 10, 100), ran(2, 50, 120, 200), ran(3, 60, 230, 300), ran(4, 70, 320, 400)]);
    // Ends: 20, 30 and 20; nobody took the slot of the last.
    expect([reaction.afterEnd(4, 1), reaction.afterEnd(99, 1), reaction.afterArrival(99)]).toEqual([20, 20, 10]);
  });

  it('no longer than until the slot, or the task, was used after all', () => {
    const tasks = [ran(1, 0, 10, 100), ran(2, 50, 120, 200), ran(3, 199, 210, 300), ran(4, 302, 304, 400)];
    expect(reactionOf(tasks).afterEnd(3, 1)).toBe(4);
  });

  it('as usual where a task waited for something else than a slot', () => {
    const reaction = reactionOf([ran(1, 0, 10, 100), ran(2, 50, 120, 200), ran(3, 60, 9_000, 9_100), ran(4, 70, 9_120, 9_200)]);
    expect(reaction.afterEnd(2, 1)).toBe(20);
  });

  it('not at all where nothing is on record', () => {
    const reaction = reactionOf([]);
    expect([reaction.afterEnd(1, 1), reaction.afterArrival(1)]).toEqual([0, 0]);
  });
});
