import { defineOrder } from './definition.ts';
import { byScore, refresh } from './slopes.ts';

/** Highest response ratio next: Brinch Hansen 1971. */
export const hrrn = defineOrder({
  name: 'hrrn',
  version: 1,
  summary: 'highest ratio of wait to run time first',
  description: 'The score of a task is (waited + run time) / run time: short tasks rise quickly, and every task gets its turn.',
  complexity: 'slope',
  parameters: { refresh_ms: refresh },
  create: ({ refresh_ms: refreshMs }) => byScore(refreshMs, (task, waitedMs) => (waitedMs + task.estimateMs) / task.estimateMs),
});
