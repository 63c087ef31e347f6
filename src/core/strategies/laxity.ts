import { defineOrder } from './definition.ts';
import { byDue, horizon } from './due.ts';

/** Least laxity: deadline - now - run time. Now is the same for all, so the key never changes. */
export const laxity = defineOrder({
  name: 'laxity',
  version: 1,
  summary: 'least time to spare first',
  description:
    'Tasks with the least time between now and the last moment they can start run first: deadline less estimated run time. One without a deadline counts as due `horizon_s` after it was ready; one that is late already goes back by the same time. Meets deadlines that `edf` misses where several slots serve all.',
  complexity: 'static',
  parameters: { horizon_s: horizon },
  create: ({ horizon_s: horizonS }) => byDue(1_000 * horizonS, (task) => task.estimateMs),
});
