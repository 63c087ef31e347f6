import { defineOrder } from './definition.ts';
import { byScore, refresh } from './slopes.ts';

/** UNICEF: Tang, Lan, Desai, Buettner, CLUSTER 2009; the published log2(slots) is 0 for one slot, so at least two are counted. */
export const unicep = defineOrder({
  name: 'unicep',
  version: 1,
  summary: 'small, old and short first',
  description:
    'The score of a task is waited / (log2(slots) × run time), with at least two slots counted: small tasks answer quickly, and none starves.',
  complexity: 'slope',
  parameters: { refresh_ms: refresh },
  create: ({ refresh_ms: refreshMs }) =>
    byScore(refreshMs, (task, waitedMs) => waitedMs / (Math.log2(Math.max(2, task.slots)) * task.estimateMs)),
});
