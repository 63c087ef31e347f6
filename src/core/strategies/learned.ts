import { definePlace } from './definition.ts';
import { Arms } from './learning/arms.ts';
import { estimateOf, linearBelief, seenReward } from './learning/linear-belief.ts';
import { drawFailure, drawRunMs, meanFailure, meanRunMs, runCounts, seenRun } from './learning/run-belief.ts';
import { reach, ringsFor } from './reach.ts';
import type { Facts, Learn, PoolView, RunOutcome, TaskView, Term } from './strategy.ts';

/** Pools compared, counted from the cheapest. */
const rescored = 8;
const hourMs = 3_600_000;
/** Of a task: 1, its slots, its units of work. */
const features = 3;

/** What a choice is made by, and how it gets wiser. */
interface Learner {
  readonly terms: readonly Term[];
  readonly learn: Learn;
}

export const learned = definePlace({
  name: 'learned',
  version: 1,
  summary: 'pools that have proved cheap, quick and sound',
  description:
    'It learns from attempts that end how long tasks of each type take on each pool and how often they fail there. With `method` thompson it compares cost and time drawn from what is known, so what is little known is tried now and then; with linucb it takes the largest reward that is still credible. Old observations fade, so a pool that changed is found out again. A task that its deadline leaves no slack is not used to try things.',
  parameters: {
    method: { default: 'thompson', words: ['thompson', 'linucb'], description: 'How what is not known is tried.' },
    usd_per_hour: { default: 1, minimum: 0, maximum: 1_000_000, description: 'What an hour of run time counts, in units of price.' },
    discount: {
      default: 0.995,
      minimum: 0.9,
      maximum: 1,
      description: 'What an observation counts after the next one; 0.995 remembers about the last 200, 1 the last 4,096 alike.',
    },
    delta: {
      default: 0.1,
      minimum: 0.000_001,
      maximum: 1,
      description: 'Of linucb: probability that a reward lies outside of what it takes for credible.',
    },
    reach: { ...reach, default: 'anywhere' },
  },
  create({ method, usd_per_hour: usdPerHour, discount, delta, reach: word }) {
    const { terms, learn } = method === 'thompson' ? thompson(usdPerHour, discount) : linUcb(usdPerHour, discount, delta);
    const rule = {
      measures: { name: 'price', unit: 'per unit of work' },
      base: (pool: PoolView) => pool.costPerUnit,
      pick: { best: rescored },
      terms,
    };
    return { place: { rings: ringsFor(word), rules: [rule] }, learn };
  },
});

/** Cost and time until it succeeds, each drawn from what is known of the pool: Thompson sampling. */
function thompson(usdPerHour: number, discount: number): Learner {
  const arms = new Arms(runCounts, discount);
  const tries = (task: TaskView, pool: PoolView, facts: Facts) => {
    const counts = arms.of(task.type, pool);
    const failure = mayTry(task, pool, facts) ? drawFailure(counts, () => facts.random()) : meanFailure(counts);
    return 1 / Math.max(1e-6, 1 - failure);
  };
  const runHours = (task: TaskView, pool: PoolView, facts: Facts) => {
    const counts = arms.of(task.type, pool);
    const expected = facts.runMs(task, pool);
    return (mayTry(task, pool, facts) ? drawRunMs(counts, expected, () => facts.random()) : meanRunMs(counts, expected)) / hourMs;
  };
  const cost: Term = {
    name: 'cost',
    unit: 'price of the work, failures included',
    weight: 1,
    value: (task, pool, facts) => task.cost * pool.costPerUnit * tries(task, pool, facts),
  };
  const time: Term = {
    name: 'time',
    unit: 'hours, failures included',
    weight: usdPerHour,
    value: (task, pool, facts) => runHours(task, pool, facts) * tries(task, pool, facts),
  };
  return {
    terms: usdPerHour > 0 ? [cost, time] : [cost],
    learn: {
      restart: () => arms.restart(),
      outcome: ({ type, pool, succeeded, runMs }) => arms.observe(type, pool, seenRun(succeeded, Math.log(Math.max(1, runMs)))),
    },
  };
}

/** How far the largest credible reward is from the largest there could be: LinUCB. */
function linUcb(usdPerHour: number, discount: number, delta: number): Learner {
  const arms = new Arms(linearBelief(features), discount);
  const alpha = 1 + Math.sqrt(Math.log(2 / delta) / 2);
  const regret: Term = {
    name: 'regret',
    unit: 'reward that is credibly missed',
    weight: 1,
    value(task, pool, facts) {
      const x = featuresOf(task.slots, task.cost);
      const { mean, width } = estimateOf(arms.of(task.type, pool), x);
      const credible = mean + (mayTry(task, pool, facts) ? alpha * width : 0);
      return Math.max(0, 1 + alpha * Math.hypot(...x) - credible); // the width before anything is seen is |x|
    },
  };
  return {
    terms: [regret],
    learn: {
      restart: () => arms.restart(),
      outcome: (run) => arms.observe(run.type, run.pool, seenReward(featuresOf(run.slots, run.units), rewardOf(run, usdPerHour))),
    },
  };
}

/** Trying things is for tasks with at least a run of slack. */
function mayTry(task: TaskView, pool: PoolView, facts: Facts): boolean {
  return facts.slackMs(task) >= facts.runMs(task, pool);
}

/** In (0, 1]: more the less a unit of work costs in money and time. */
function rewardOf({ succeeded, pool, runMs, units }: RunOutcome, usdPerHour: number): number {
  return succeeded ? 1 / (1 + pool.costPerUnit + (usdPerHour * runMs) / hourMs / units) : 0;
}

/** Each about 0 to 1: a task of 16 slots, of ten thousand units. */
function featuresOf(slots: number, units: number): readonly number[] {
  return [1, Math.log2(slots) / 4, Math.log10(1 + units) / 4];
}
