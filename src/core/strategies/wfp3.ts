import { defineOrder } from './definition.ts';
import { byScore, refresh } from './slopes.ts';

/** WFP3: Tang, Lan, Desai, Buettner, CLUSTER 2009. */
export const wfp3 = defineOrder({
  name: 'wfp3',
  version: 1,
  summary: 'large, old and short first',
  description:
    'The score of a task is (waited / run time)³ × slots: it favours tasks that are large, have waited long and run shortly, and none starves. An estimate that is far too long is punished.',
  complexity: 'slope',
  parameters: { refresh_ms: refresh },
  create: ({ refresh_ms: refreshMs }) => byScore(refreshMs, (task, waitedMs) => (waitedMs / task.estimateMs) ** 3 * task.slots),
});
