import { describe, expect, it } from 'vitest';
import { compareOnStream } from '../helpers/scheduling-stream.ts';

/** 1e6 in a long run: `TRX_SCHEDULING_EVENTS=1000000`. */
const events = Number(process.env['TRX_SCHEDULING_EVENTS'] ?? 10_000);
const eventsPerStream = 2_000;
const streams = Math.ceil(events / eventsPerStream);

const choices = {
  fifo: [{ name: 'fifo' }],
  priority: [{ name: 'priority' }, { name: 'priority', params: { aging_per_min: 0 } }],
  min_cost: [{ name: 'min_cost' }],
  region_aware: [{ name: 'region_aware' }],
  sjf: [{ name: 'sjf' }],
  edf: [{ name: 'edf', params: { horizon_s: 10 } }],
  laxity: [{ name: 'laxity', params: { horizon_s: 5 } }],
  hrrn: [{ name: 'hrrn' }],
  wfp3: [{ name: 'wfp3', params: { refresh_ms: 0 } }],
  unicep: [{ name: 'unicep', params: { refresh_ms: 500 } }],
  f1: [{ name: 'f1' }],
  'fair_share by charge': [{ name: 'fair_share', params: { half_life_h: 0.01 } }],
  'fair_share by dominant share': [{ name: 'fair_share', params: { share: 'dominant' } }],
  'switches between all': [
    { name: 'fifo' },
    { name: 'priority' },
    { name: 'priority', params: { aging_per_min: 0 } },
    { name: 'min_cost' },
    { name: 'region_aware' },
    { name: 'region_aware', params: { spill_after_ms: 900, order: 'edf' } },
    { name: 'wfp3' },
    { name: 'fair_share', params: { place: 'region_aware' } },
    { name: 'fair_share', params: { share: 'dominant' } },
  ],
};

describe('the real core decides exactly as the naive one', () => {
  for (const [name, strategies] of Object.entries(choices)) {
    it(`${name}: ${streams * eventsPerStream} random events`, { timeout: 3_600_000 }, () => {
      let decisions = 0;
      for (let seed = 1; seed <= streams; seed++) decisions += compareOnStream({ seed, events: eventsPerStream, strategies }).decisions;
      expect(decisions).toBeGreaterThan(streams * eventsPerStream * 0.1);
    });
  }
});
