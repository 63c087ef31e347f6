import { describe, expect, it } from 'vitest';
import { compareOnStream } from '../helpers/scheduling-stream.ts';

/** 1e6 in a long run: `TRX_SCHEDULING_EVENTS=1000000`. */
const events = Number(process.env['TRX_SCHEDULING_EVENTS'] ?? 20_000);
const eventsPerStream = 2_000;
const streams = Math.ceil(events / eventsPerStream);

const choices = {
  fifo: [{ name: 'fifo' }],
  priority: [{ name: 'priority' }, { name: 'priority', params: { aging_per_min: 0 } }],
  min_cost: [{ name: 'min_cost' }],
  region_aware: [{ name: 'region_aware' }],
  'switches between all': [
    { name: 'fifo' },
    { name: 'priority' },
    { name: 'priority', params: { aging_per_min: 0 } },
    { name: 'min_cost' },
    { name: 'region_aware' },
    { name: 'region_aware', params: { spill_after_ms: 900 } },
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
