import { defineOrder } from './definition.ts';
import { byScore, refresh } from './slopes.ts';
import type { TaskView } from './strategy.ts';

/** As long as the formula's clock runs before its start moves along. At this age ten times the run time weighs as much as 265 s of waiting. */
const horizonMs = 100_000_000;

/**
 * Seconds from the start of the formula's clock until the task was ready: the core's origin at first, and the last `horizonMs` from then on. On
 * the calendar's clock ten times the run time would weigh as much as weeks of waiting, and on one that runs as long as the server more every day.
 */
export function readySeconds({ since }: TaskView, waitedMs: number): number {
  return Math.max(1, Math.min(since, horizonMs - waitedMs) / 1_000 + 1);
}

/** A rule found by regression over simulations: Carastan-Santos, de Camargo, SC'17. */
export const f1 = defineOrder({
  name: 'f1',
  version: 2,
  summary: 'small and early first, by a learned formula',
  description:
    'The key of a task is log10(run time) × slots + 870 × log10(seconds until it was ready), counted from the start of the server, and after 28 hours from 28 hours ago: a compromise between short, small and early that was found by machine learning on simulated clusters. Nothing waits longer than that behind newer work.',
  complexity: 'slope',
  parameters: { refresh_ms: refresh },
  create: ({ refresh_ms: refreshMs }) =>
    byScore(
      refreshMs,
      (task, waitedMs) => -Math.log10(task.estimateMs / 1_000) * task.slots - 870 * Math.log10(readySeconds(task, waitedMs)),
    ),
});
