import { definePlace } from './definition.ts';
import type { Facts, PoolView, TaskView } from './strategy.ts';

/** What an attempt that succeeds is expected to cost there: the price of its work, paid again for every failure before. */
function expectedCost(task: TaskView, pool: PoolView): number {
  return (task.cost * pool.costPerUnit) / (1 - pool.failureRatio);
}

/** Past its deadline, if it ran there now. */
function lateMs(task: TaskView, pool: PoolView, facts: Facts): number {
  if (task.deadline === Number.POSITIVE_INFINITY) return 0;
  return Math.max(0, facts.runMs(task, pool) - facts.slackMs(task) - task.estimateMs);
}

export const optimalBatch = definePlace({
  name: 'optimal_batch',
  version: 1,
  summary: 'the cheapest pairing of a batch of tasks with pools',
  description:
    'Every `every_ms`, or as soon as `max_tasks` have come, the first tasks of the queue are given to pools together, so that their costs add up to the least: big tasks get the cheap slots. A minimum-cost flow is solved for it in a thread of its own. Between two plans a task that came after the last one waits for the next; what a plan leaves over goes to the cheapest pool with room, and so does all work should no plan come.',
  parameters: {
    every_ms: { default: 500, minimum: 10, maximum: 60_000, integer: true, description: 'Time between two plans, in ms.' },
    max_tasks: {
      default: 1_000,
      minimum: 1,
      maximum: 100_000,
      integer: true,
      description:
        'Most tasks of a batch; so many new ones do not wait for `every_ms`. To count them keeps deciding waiting, about 1 ms per 1,000.',
    },
    cost_step: {
      default: 1.1,
      minimum: 1.01,
      maximum: 10,
      description: 'Tasks with the same needs whose costs differ by less than this factor are planned as one.',
    },
    late_price_per_min: {
      default: 1,
      minimum: 0,
      maximum: 1_000_000,
      description: 'What a minute past the deadline counts, in the unit of prices.',
    },
  },
  create({ every_ms: everyMs, max_tasks: maxTasks, cost_step: costStep, late_price_per_min: latePrice }) {
    const step = Math.log(costStep);
    return {
      place: {
        rings: [{ within: 'any' }],
        rules: [{ measures: { name: 'price', unit: 'per unit of work' }, base: (pool) => pool.costPerUnit, pick: 'first-fit' }],
        plan: {
          everyMs,
          maxTasks,
          classOf: (task) => Math.round(Math.log(task.cost) / step),
          cost: (task, pool, facts) => expectedCost(task, pool) + (latePrice * lateMs(task, pool, facts)) / 60_000,
        },
      },
    };
  },
});
