import type { OwnReplayResult, Proof, ReplayRequest } from '../../src/core/domain/replay.ts';
import type { History } from '../../src/core/ports/history.ts';
import { createHeardTimes } from '../../src/core/replay/history/heard-times.ts';
import { redecide } from '../../src/core/replay/history/redecide.ts';
import { replayHistory } from '../../src/core/replay/history/replay-history.ts';

/** A replay from its first to its last step. */
export function replayed(history: History, request: Partial<ReplayRequest> & Pick<ReplayRequest, 'from' | 'to'>): OwnReplayResult {
  const full: ReplayRequest = { strategies: [], pools: [], seed: 1, ...request };
  const extent = history.extent(full.from, full.to);
  if (extent === undefined) throw new Error('no task in the window');
  const steps = replayHistory(history, extent, full, { runnable: {}, context: {} });
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/** All that is on record decided once more. */
export function proofOf(history: History): Proof {
  const steps = redecide(history, { from: 0, to: Number.MAX_SAFE_INTEGER }, {}, 1_000_000, createHeardTimes(1, 1_000, 0));
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}
