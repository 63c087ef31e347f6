import { defineOrder } from './definition.ts';

/**
 * A rule found by regression over simulations: Carastan-Santos, de Camargo, SC'17. The second term is the time since the core's origin, not
 * the calendar's: at calendar time ten times the run time would weigh as much as weeks of waiting.
 */
export const f1 = defineOrder({
  name: 'f1',
  version: 1,
  summary: 'small and early first, by a learned formula',
  description:
    'The key of a task is log10(run time) × slots + 870 × log10(seconds from the start of the server until it was ready): a compromise between short, small and early that was found by machine learning on simulated clusters. Small tasks may overtake for long when the server has been up for days.',
  complexity: 'static',
  parameters: {},
  create: () => ({
    class: 'static',
    key: (task) => Math.log10(task.estimateMs / 1_000) * task.slots + 870 * Math.log10(Math.max(1, task.since / 1_000 + 1)),
  }),
});
