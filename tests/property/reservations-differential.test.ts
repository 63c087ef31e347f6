import { describe, expect, it } from 'vitest';
import { easyReservations } from '../../src/core/strategies/overtaking.ts';
import type { ReservationRules } from '../../src/core/strategies/strategy.ts';
import { compareOnStream } from '../helpers/scheduling-stream.ts';

/** In a long run, `TRX_SCHEDULING_EVENTS=100000`, each choice says what it compared. */
const longRun = process.env['TRX_SCHEDULING_EVENTS'];
const events = Number(longRun ?? 1_000);
const eventsPerStream = Math.min(2_000, events / 2);
const streams = Math.ceil(events / eventsPerStream);

/** Patience that a stream outlives, and room for several reservations. */
const impatient: ReservationRules = {
  patience: { estimates: 2, leastMs: 500, mostMs: 6_000 },
  margin: 1.2,
  grain: 1.25,
  share: 0.4,
};

const names = ['fifo', 'priority', 'min_cost', 'region_aware', 'sjf', 'edf', 'wfp3', 'fair_share', 'least_loaded', 'power_of_two'];
const strictness = ['none', 'shape', 'global'] as const;
const rules = { 'kept for who waits too long': impatient, 'of whoever is first (EASY)': easyReservations };

const all = Object.entries(rules).flatMap(([kept, reservations]) =>
  strictness.map((strict) => ({ title: `${kept}, strict ${strict}`, overtaking: { strict, reservations } })),
);
/** Tasks that are overdue at once, soon or late: what is kept for those is lent to others. */
const overdue = [0.1, 1.75, 20].map((patience) => ({ name: 'bounded_slowdown', params: { patience, floor_s: 0.5 } }));

const choices = [
  { title: 'bounded_slowdown, in every way', strategies: overdue.flatMap((one) => all.map(({ overtaking }) => ({ ...one, overtaking }))) },
  ...all.map(({ title, overtaking }) => ({ title, strategies: names.map((name) => ({ name, overtaking })) })),
  {
    title: 'switches between all',
    strategies: names.flatMap((name) => [{ name }, ...all.map(({ overtaking }) => ({ name, overtaking }))]),
  },
];

describe('with reservations the real core decides exactly as the naive one', () => {
  for (const { title, strategies } of choices) {
    it(`${title}: ${streams * eventsPerStream} random events`, { timeout: 3_600_000 }, () => {
      let decisions = 0;
      let keeping = 0;
      let scattered = 0;
      for (let seed = 2; seed < 2 + streams; seed++) {
        const seen = compareOnStream({ seed, events: eventsPerStream, strategies });
        decisions += seen.decisions;
        keeping += seen.keeping;
        scattered += seen.scattered;
      }
      if (longRun !== undefined) console.info(`${title}: ${streams * eventsPerStream} events, ${decisions} decisions, no difference`);
      expect(decisions).toBeGreaterThan(streams * eventsPerStream * 0.05);
      expect(keeping).toBeGreaterThan(streams * 10);
      expect(scattered).toBeGreaterThan(0);
    });
  }
});
