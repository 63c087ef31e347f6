import { defineOrder } from './definition.ts';
import { byScore, refresh } from './slopes.ts';

/** Where the score of a task may end up at most, and from where those past their bound go on. */
const mostScore = 1e14;
const front = 1e15;

/**
 * Our own rule. Who asks for the least mean slowdown (Feitelson, Rudolph, "Metrics and benchmarking for parallel job scheduling", JSSPP
 * 1998) gets it by starving a few; so the expected slowdown is weighed by how near a task is to a bound of its own.
 */
export const boundedSlowdown = defineOrder({
  name: 'bounded_slowdown',
  version: 1,
  summary: 'largest expected slowdown first, with a bound on every wait',
  description:
    'The score of a task is its expected slowdown, (waited + run time) / max(run time, `floor_s`), divided by 1 − waited / bound. The bound is `patience` × the time all pools together would have needed, when the task got ready, for everything that waited or ran, the task included; past it tasks go to the front, the longest wait first. Short tasks pass at once, long ones wait their share, and nobody waits for ever: the more was to be done when a task came, the longer it may take.',
  complexity: 'slope',
  parameters: {
    patience: {
      default: 1.75,
      minimum: 0.1,
      maximum: 100,
      description: 'Bound of the wait, in multiples of the time that all work there was would have needed.',
    },
    floor_s: {
      default: 10,
      minimum: 0.001,
      maximum: 3_600,
      description: 'Run times below this many seconds count as this: nobody minds how often a second is a millisecond.',
    },
    refresh_ms: refresh,
  },
  create: ({ patience, floor_s: floorS, refresh_ms: refreshMs }) =>
    byScore(refreshMs, (task, waitedMs) => {
      const boundMs = patience * task.backlogMs;
      if (waitedMs >= boundMs) return front + waitedMs;
      const slowdown = (waitedMs + task.estimateMs) / Math.max(task.estimateMs, floorS * 1_000);
      return Math.min(mostScore, slowdown / (1 - waitedMs / boundMs));
    }),
});
