import type { Ms } from '../domain/units.ts';
import { defineOrder } from './definition.ts';
import { byScore, refresh } from './slopes.ts';
import type { TaskView } from './strategy.ts';

/** Where the score of a task may end up at most, and from where those past their bound go on. */
const mostScore = 1e14;
const front = 1e15;

/**
 * Our own rule. Who asks for the least mean slowdown (Feitelson, Rudolph, "Metrics and benchmarking for parallel job scheduling", JSSPP
 * 1998) gets it by starving a few; so the expected slowdown is weighed by how near a task is to a bound of its own. Past it the task has a
 * date: nothing that could still be there by its limit may go before it.
 */
export const boundedSlowdown = defineOrder({
  name: 'bounded_slowdown',
  version: 2,
  summary: 'largest expected slowdown first, with a bound on every wait',
  description:
    'The score of a task is its expected slowdown, (waited + run time) / max(run time, `floor_s`), divided by 1 − waited / bound. The bound is `patience` × the time all pools together need for everything that waited or ran when the task got ready, the task included, corrected by what runs of late really took by what was expected of them. Past it tasks go to the front, the longest wait first, and of what is kept for them only what must have ended in time by its own limit is let in. Short tasks pass at once, long ones wait their share, and nobody waits for ever: the more was to be done when a task came, the longer it may take.',
  complexity: 'slope',
  parameters: {
    patience: {
      default: 1.75,
      minimum: 0.1,
      maximum: 100,
      description: 'Bound of the wait, in multiples of the time that all work there was needs.',
    },
    floor_s: {
      default: 10,
      minimum: 0.001,
      maximum: 3_600,
      description: 'Run times below this many seconds count as this: nobody minds how often a second is a millisecond.',
    },
    refresh_ms: refresh,
  },
  create: ({ patience, floor_s: floorS, refresh_ms: refreshMs }) => {
    const boundOf = (task: TaskView, workRatio: number): Ms => patience * task.backlogMs * workRatio;
    const order = byScore(refreshMs, (task, waitedMs, workRatio) => {
      const boundMs = boundOf(task, workRatio);
      if (waitedMs >= boundMs) return front + waitedMs;
      const slowdown = (waitedMs + task.estimateMs) / Math.max(task.estimateMs, floorS * 1_000);
      return Math.min(mostScore, slowdown / (1 - waitedMs / boundMs));
    });
    return {
      ...order,
      isOverdue: (task, waitedMs, workRatio) => waitedMs >= boundOf(task, workRatio),
      newer: {
        by: 'backlog',
        promise: `Nothing newer goes before a task that has waited ${patience} times what all pools together need for the work there was when it got ready.`,
        until: (task, workRatio) => task.since + boundOf(task, workRatio),
      },
    };
  },
});
