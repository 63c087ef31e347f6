import { describe, expect, it } from 'vitest';
import { type Arrival, arrivalPatterns, arrivalsOf, type SimulationInput } from '../../../src/core/domain/workload.ts';
import { createSeededRandom } from '../../../src/core/replay/seeded-random.ts';

const world = { types: ['order', 'simulation', 'query'], regions: ['us-east', 'us-west', 'eu-west', 'ap-east'] };

function anInput(change: Partial<SimulationInput> = {}): SimulationInput {
  return {
    ...{ taskCount: 1_000, distribution: 'random', regionBias: null, priorityRange: [1, 10], costRange: [0.1, 10] },
    ...{ pattern: null, rate: 10, durationMs: 60_000, seed: 7 },
    ...change,
  };
}

function draw(change: Partial<SimulationInput> = {}, seed: number | string = 7): readonly Arrival[] {
  const random = createSeededRandom(seed);
  return arrivalsOf(anInput(change), world, () => random.next());
}

const share = (arrivals: readonly Arrival[], holds: (arrival: Arrival) => boolean) => arrivals.filter(holds).length / arrivals.length;

describe('the workload of a simulation', () => {
  it('is the same for the same seed and another for another', () => {
    expect(draw()).toEqual(draw());
    expect(draw({}, 8)).not.toEqual(draw({}, 7));
  });

  it('sends 70 % to the biased region and spreads the rest over all, the biased one included', () => {
    const arrivals = draw({ regionBias: 'eu-west' });
    expect(share(arrivals, ({ region }) => region === 'eu-west')).toBeCloseTo(0.775, 1);
    for (const other of ['us-east', 'us-west', 'ap-east']) expect(share(arrivals, ({ region }) => region === other)).toBeCloseTo(0.075, 1);
  });

  it('keeps priority and cost in their ranges, cost in cents and never 0', () => {
    for (const { priority, cost } of draw({ priorityRange: [3, 5], costRange: [0.001, 0.02] })) {
      expect([3, 4, 5]).toContain(priority);
      expect([0.01, 0.02]).toContain(cost);
    }
  });

  it('draws priority p with weight p when weighted', () => {
    const arrivals = draw({ distribution: 'weighted', priorityRange: [1, 10] });
    expect(share(arrivals, ({ priority }) => priority === 10)).toBeCloseTo(10 / 55, 1);
    expect(share(arrivals, ({ priority }) => priority === 1)).toBeCloseTo(1 / 55, 1);
  });

  it('pauses 100 ms after tasks 1, 11, 21, ... in a burst', () => {
    const offsets = draw({ distribution: 'burst', taskCount: 22 }).map(({ offsetMs }) => offsetMs);
    expect(offsets).toEqual([0, ...Array(10).fill(100), ...Array(10).fill(200), 300]);
  });

  it.each(arrivalPatterns)('gives %s arrivals in order of time', (pattern) => {
    const offsets = draw({ pattern }).map(({ offsetMs }) => offsetMs);
    expect(offsets).toEqual([...offsets].sort((a, b) => a - b));
  });

  it('keeps the mean rate of a steady and of a Poisson stream', () => {
    expect(draw({ pattern: 'steady', rate: 50 }).at(-1)?.offsetMs).toBe(999 * 20);
    expect(draw({ pattern: 'poisson', rate: 50 }).at(-1)?.offsetMs).toBeGreaterThan(0.85 * 20_000);
    expect(draw({ pattern: 'poisson', rate: 50 }).at(-1)?.offsetMs).toBeLessThan(1.15 * 20_000);
  });

  it('puts more arrivals into the high half of a day than into the low one', () => {
    const arrivals = draw({ pattern: 'diurnal', rate: 16, durationMs: 60_000 }).filter(({ offsetMs }) => offsetMs < 60_000);
    expect(share(arrivals, ({ offsetMs }) => offsetMs < 30_000)).toBeGreaterThan(0.65);
  });

  it('makes a spike about ten times as dense as what is before it', () => {
    const arrivals = draw({ pattern: 'spike', rate: 10, durationMs: 60_000 });
    const inside = arrivals.filter(({ offsetMs }) => offsetMs >= 24_000 && offsetMs < 30_000).length / 6;
    const before = arrivals.filter(({ offsetMs }) => offsetMs < 24_000).length / 24;
    expect(inside / before).toBeGreaterThan(7);
  });
});
