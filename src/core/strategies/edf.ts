import { defineOrder } from './definition.ts';
import { byDue, horizon } from './due.ts';
import type { NewerWork } from './strategy.ts';

/** Least maximal lateness on one machine: Jackson 1955. */
export const edf = defineOrder({
  name: 'edf',
  version: 1,
  summary: 'earliest deadline first',
  description:
    'Tasks run in the order of their deadlines. One without a deadline counts as due `horizon_s` after it was ready. One that cannot meet its deadline any more goes back by the same time, so that it does not make others late as well. Best where one slot serves all; where many run side by side, `laxity` meets more deadlines.',
  complexity: 'static',
  parameters: { horizon_s: horizon },
  create: ({ horizon_s: horizonS }) => byDue(1_000 * horizonS, () => 0, newerWork(horizonS)),
});

/** Nothing is due before it is ready. What has a deadline and waits until then has failed by it. */
function newerWork(horizonS: number): NewerWork {
  return {
    by: 'deadline',
    promise: `What gets ready after a task is due never comes before it in the order; without a deadline it is due ${horizonS} s after it was ready.`,
    until: ({ deadline, since }) => (deadline === Number.POSITIVE_INFINITY ? since + 1_000 * horizonS : deadline),
  };
}
