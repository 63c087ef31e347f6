import type { Ms } from '../domain/units.ts';
import { definePlace } from './definition.ts';
import { expectedCostTerms, gbPerUnit, unitPrice } from './expected-cost.ts';
import { leastCarbonStart } from './least-carbon-start.ts';
import { reach, ringsFor } from './reach.ts';
import type { Facts, PoolView, TaskView, Term } from './strategy.ts';

/** Pools compared, counted from the best by price and carbon together. */
const rescored = 16;
const hourMs = 3_600_000;

export const carbonAware = definePlace({
  name: 'carbon_aware',
  version: 1,
  summary: 'cheap and clean pools, at clean hours',
  description:
    'Each task takes the pool with the least expected cost, grams of CO2 counted at `usd_per_kg`. Where the catalogue has a forecast for the home region, a task may be put off to the hours with the least carbon, no longer than `max_delay_h`, never past its deadline, and only for a saving of `min_saving`. Work already put off to an hour makes that hour count as dirtier, so that not everything moves to the same one.',
  parameters: {
    usd_per_kg: { default: 0.1, minimum: 0, maximum: 1_000, description: 'What a kilogram of CO2 counts.' },
    kw_per_slot: { default: 0.1, minimum: 0, maximum: 1_000, description: 'Power that a busy slot draws, in kW.' },
    max_delay_h: { default: 6, minimum: 0, maximum: 168, description: 'How long a task may be put off, in hours; 0: never.' },
    min_saving: { default: 0.1, minimum: 0, maximum: 1, description: 'Share of the carbon that putting a task off must save.' },
    reach: { ...reach, default: 'anywhere' },
    gb_per_unit: gbPerUnit,
  },
  create(params) {
    const usdPerGram = params.usd_per_kg / 1_000;
    const price = unitPrice(params.gb_per_unit);
    const carbon: Term = {
      name: 'carbon',
      unit: 'g CO2',
      weight: usdPerGram,
      value: (task, pool, facts) => gramsOf(task, pool, facts, params.kw_per_slot),
    };
    const release = (task: TaskView, facts: Facts) => releaseMs(task, facts, params.max_delay_h * hourMs, params.min_saving);
    return {
      place: {
        rings: ringsFor(params.reach),
        rules: [
          {
            measures: { name: 'price, transfer and carbon', unit: 'per unit of work, as if it took an hour' },
            base: (pool, home, catalogue) => price(pool, home, catalogue) + usdPerGram * params.kw_per_slot * pool.carbonGramsPerKwh,
            byHome: params.gb_per_unit > 0,
            pick: { best: rescored },
            terms: [...expectedCostTerms(params.gb_per_unit), ...(usdPerGram > 0 ? [carbon] : [])],
          },
        ],
        ...(params.max_delay_h > 0 ? { release } : {}),
      },
    };
  },
});

/** Of a run that starts now: by the forecast of the pool's region where there is one, else by what the pool states. */
function gramsOf(task: TaskView, pool: PoolView, facts: Facts, kwPerSlot: number): number {
  const runMs = facts.runMs(task, pool);
  const forecast = facts.carbonForecast(pool.region);
  const steps = Math.min(forecast.length, stepsOf(runMs, facts));
  let sum = 0;
  for (let i = 0; i < steps; i++) sum += forecast[i] ?? 0;
  const gramsPerKwh = steps === 0 ? pool.carbonGramsPerKwh : sum / steps;
  return gramsPerKwh * kwPerSlot * task.slots * (runMs / hourMs);
}

/** Time-shifting to the least carbon before the deadline. @see Wiesner et al., "Let's wait awhile", Middleware 2021 */
function releaseMs(task: TaskView, facts: Facts, maxDelayMs: Ms, minSaving: number): Ms {
  const forecast = facts.carbonForecast(task.region);
  if (forecast.length === 0) return 0;
  const crowded = forecast.map((grams, step) => grams * (1 + facts.promised(task.region, step)));
  const latest = Math.floor(Math.min(maxDelayMs, Math.max(0, facts.slackMs(task))) / facts.carbonStepMs);
  const found = leastCarbonStart(crowded, stepsOf(task.estimateMs, facts), latest);
  if (found === undefined || found.sumNow - found.sum < minSaving * found.sumNow) return 0;
  return found.step * facts.carbonStepMs;
}

function stepsOf(runMs: Ms, facts: Facts): number {
  return Math.max(1, Math.ceil(runMs / facts.carbonStepMs));
}
