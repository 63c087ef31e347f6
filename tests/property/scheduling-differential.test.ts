import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/core/domain/json.ts';
import { orders, places } from '../../src/core/strategies/all.ts';
import { compareOnStream } from '../helpers/scheduling-stream.ts';

/** Of each choice; in a long run, `TRX_SCHEDULING_EVENTS=100000`, each says what it compared. */
const longRun = process.env['TRX_SCHEDULING_EVENTS'];
const events = Number(longRun ?? 1_000);
const eventsPerStream = Math.min(2_000, events / 2);
const streams = Math.ceil(events / eventsPerStream);

type Choice = readonly { readonly name: string; readonly params?: JsonObject }[];

/** How long it waits for a full pool hangs on predicted ends, which are tested apart. */
const withoutWaiting = { patience: 1_000, max_wait_ms: 0 };

const choices: Readonly<Record<string, Choice>> = {
  fifo: [{ name: 'fifo' }],
  priority: [{ name: 'priority' }, { name: 'priority', params: { aging_per_min: 0 } }],
  min_cost: [{ name: 'min_cost' }],
  region_aware: [{ name: 'region_aware' }, { name: 'region_aware', params: { spill_after_ms: 900 } }],
  sjf: [{ name: 'sjf' }],
  edf: [{ name: 'edf', params: { horizon_s: 10 } }],
  laxity: [{ name: 'laxity', params: { horizon_s: 5 } }],
  hrrn: [{ name: 'hrrn' }],
  wfp3: [{ name: 'wfp3', params: { refresh_ms: 0 } }],
  unicep: [{ name: 'unicep', params: { refresh_ms: 500 } }],
  f1: [{ name: 'f1' }],
  bounded_slowdown: [{ name: 'bounded_slowdown', params: { floor_s: 0.5, refresh_ms: 0 } }],
  'fair_share by charge': [{ name: 'fair_share', params: { half_life_h: 0.01 } }],
  'fair_share by dominant share': [{ name: 'fair_share', params: { share: 'dominant' } }],
  least_loaded: [{ name: 'least_loaded' }, { name: 'least_loaded', params: { reach: 'anywhere' } }],
  round_robin: [{ name: 'round_robin', params: { reach: 'anywhere' } }],
  'round_robin by equal weights': [{ name: 'round_robin', params: { weights: 'equal' } }],
  power_of_two: [{ name: 'power_of_two' }, { name: 'power_of_two', params: { reach: 'anywhere' } }],
  learned: [
    { name: 'learned', params: { usd_per_hour: 2_000 } },
    { name: 'learned', params: { discount: 0.9, reach: 'home_first' } },
  ],
  'learned by linucb': [{ name: 'learned', params: { method: 'linucb', usd_per_hour: 500 } }],
  optimal_batch: [{ name: 'optimal_batch', params: { every_ms: 10, max_tasks: 7, cost_step: 2 } }],
  'optimal_batch by priority': [{ name: 'optimal_batch', params: { order: 'priority' } }],
  first_fit: [{ name: 'first_fit' }, { name: 'first_fit', params: { order: 'edf' } }],
  by_priority: [{ name: 'by_priority' }, { name: 'by_priority', params: { order: 'priority' } }],
  'any order with any placement': orders.flatMap((order) =>
    places.map((place) => ({
      name: `${order.name}+${place.name}`,
      params: place.name === 'cost_deadline' ? { place: withoutWaiting } : {},
    })),
  ),
  'switches between all': [
    { name: 'fifo' },
    { name: 'priority' },
    { name: 'priority', params: { aging_per_min: 0 } },
    { name: 'min_cost' },
    { name: 'region_aware' },
    { name: 'region_aware', params: { spill_after_ms: 900, order: 'edf' } },
    { name: 'wfp3' },
    { name: 'bounded_slowdown' },
    { name: 'fair_share', params: { place: 'region_aware' } },
    { name: 'fair_share', params: { share: 'dominant' } },
    { name: 'priority+least_loaded' },
    { name: 'power_of_two', params: { order: 'priority' } },
    { name: 'round_robin', params: { order: 'sjf' } },
    { name: 'optimal_batch' },
    { name: 'learned', params: { order: 'priority' } },
  ],
  'min_cost by expected cost': [
    { name: 'min_cost', params: { mode: 'expected', gb_per_unit: 3 } },
    { name: 'min_cost', params: { mode: 'expected', gb_per_unit: 1, reach: 'anywhere' } },
  ],
  weighted: [
    { name: 'weighted', params: { failure_weight: 3, egress_weight: 0.3, carbon_weight: 0.7 } },
    { name: 'weighted', params: { price_weight: 0, latency_weight: 0, carbon_weight: 1, reach: 'home_first' } },
  ],
  cost_deadline: [{ name: 'cost_deadline', params: { ...withoutWaiting, gb_per_unit: 0.5 } }],
  carbon_aware: [{ name: 'carbon_aware', params: { max_delay_h: 0.005, usd_per_kg: 60, kw_per_slot: 1_000, min_saving: 0.02 } }],
};
describe('the real core decides exactly as the naive one', () => {
  for (const [nth, [name, strategies]] of Object.entries(choices).entries()) {
    it(`${name}: ${streams * eventsPerStream} random events`, { timeout: 3_600_000 }, () => {
      let decisions = 0;
      let scattered = 0;
      for (let i = 0; i < streams; i++) {
        const seed = 1 + nth * streams + i; // others for each choice, and neighbours, which are of different kinds
        const seen = compareOnStream({ seed, events: eventsPerStream, strategies });
        decisions += seen.decisions;
        scattered += seen.scattered;
      }
      if (longRun !== undefined) console.info(`${name}: ${streams * eventsPerStream} events, ${decisions} decisions, no difference`);
      expect(decisions).toBeGreaterThan(streams * eventsPerStream * 0.04);
      expect(scattered).toBeGreaterThan(0);
    });
  }
});
