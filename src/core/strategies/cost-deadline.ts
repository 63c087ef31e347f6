import type { Ms } from '../domain/units.ts';
import { definePlace } from './definition.ts';
import { expectedCostTerms, gbPerUnit, unitPrice } from './expected-cost.ts';
import { reach, ringsFor } from './reach.ts';
import type { Facts, PoolView, TaskView, Term } from './strategy.ts';

/** Pools compared, counted from the cheapest. */
const rescored = 16;
/** A millisecond of lateness outweighs any price: pools that make the deadline come first, and when none does, the earliest end. */
const perMsLate = 1e9;

export const costDeadline = definePlace({
  name: 'cost_deadline',
  version: 1,
  summary: 'the cheapest pool that still meets the deadline',
  description:
    'Among the pools where a task would end before its deadline it takes the least expected cost, and when that pool is full it waits for it, as long as the slack is more than `patience` times the run time. Where no pool can meet the deadline it takes the earliest end. A task without a deadline takes the cheapest pool with room; for a cheaper one it waits `max_wait_ms` in all.',
  parameters: {
    margin: { default: 1.2, minimum: 1, maximum: 10, description: 'A run counts this many times as long as predicted.' },
    patience: {
      default: 1,
      minimum: 0,
      maximum: 1_000,
      description: 'Wait for a full pool only while what is left until the deadline after the run is more than this many runs.',
    },
    max_wait_ms: {
      default: 60_000,
      minimum: 0,
      maximum: 86_400_000,
      integer: true,
      description: 'How long a task without a deadline waits for a cheaper pool in all, in ms.',
    },
    reach: { ...reach, default: 'anywhere' },
    gb_per_unit: gbPerUnit,
  },
  create({ margin, patience, max_wait_ms: maxWaitMs, reach: word, gb_per_unit: gb }) {
    const run = (task: TaskView, pool: PoolView, facts: Facts) => margin * facts.runMs(task, pool);
    /** How long it may still wait for a pool: until `patience` runs of slack are left, or `max_wait_ms` are over. */
    const patienceMs = (task: TaskView, pool: PoolView, facts: Facts) =>
      task.deadline === Number.POSITIVE_INFINITY
        ? maxWaitMs - facts.waitedMs(task)
        : leftMs(task, facts) - (1 + patience) * run(task, pool, facts);
    const lateness: Term = {
      name: 'lateness',
      unit: 'ms',
      weight: perMsLate,
      value(task, pool, facts) {
        const mostMs = patienceMs(task, pool, facts);
        const delayMs = facts.startDelayMs(task, pool, mostMs);
        if (delayMs > 0 && !(delayMs <= mostMs)) return Number.POSITIVE_INFINITY;
        return Math.max(0, delayMs + run(task, pool, facts) - leftMs(task, facts));
      },
    };
    return {
      place: {
        rings: ringsFor(word),
        rules: [
          {
            measures: { name: 'price and transfer', unit: 'per unit of work' },
            base: unitPrice(gb),
            byHome: gb > 0,
            pick: { best: rescored, orWait: true },
            terms: [...expectedCostTerms(gb), lateness],
          },
        ],
        wait: (task, best, facts) => (facts.startDelayMs(task, best, 0) === 0 ? 0 : patienceMs(task, best, facts)),
      },
    };
  },
});

/** Until the deadline; Infinity without one. */
function leftMs(task: TaskView, facts: Facts): Ms {
  return facts.slackMs(task) + task.estimateMs;
}
