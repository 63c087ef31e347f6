import { describe, expect, it } from 'vitest';
import type { Agents } from '../../src/core/optimise/agents.ts';
import { solveGeneralisedAssignment } from '../../src/core/optimise/generalised-assignment.ts';
import { solveAssignment } from '../../src/core/optimise/linear-assignment.ts';
import { solveTransportation } from '../../src/core/optimise/min-cost-flow.ts';
import type { Transportation } from '../../src/core/optimise/transportation.ts';
import { fc } from '../helpers/fc.ts';
import { bruteAgents, bruteAssignment, bruteTransportation, faultsOf, greedyTransportation } from '../helpers/optimise.ts';

const price = fc.oneof({ weight: 3, arbitrary: fc.integer({ min: -5, max: 60 }) }, { weight: 1, arbitrary: fc.constantFrom(0, 1) });
const priceOrNever = fc.oneof({ weight: 6, arbitrary: price }, { weight: 1, arbitrary: fc.constant(Infinity) });
const list = (of: fc.Arbitrary<number>, length: number) => fc.array(of, { minLength: length, maxLength: length });

function transportation(size: number, units: number): fc.Arbitrary<Transportation> {
  return fc.tuple(fc.integer({ min: 1, max: size }), fc.integer({ min: 1, max: size })).chain(([sources, sinks]) =>
    fc.record({
      supply: list(fc.integer({ min: 0, max: units }), sources),
      capacity: list(fc.integer({ min: 0, max: units }), sinks),
      cost: list(priceOrNever, sources * sinks),
      stay: list(price, sources),
    }),
  );
}

describe('the transportation problem', () => {
  it('costs what the best of all ways costs, up to 7 x 7 with a unit each', () => {
    const oneEach = fc.integer({ min: 1, max: 7 }).chain((size) =>
      fc.record({
        supply: fc.constant(new Array<number>(size).fill(1)),
        capacity: fc.constant(new Array<number>(size).fill(1)),
        cost: list(priceOrNever, size * size),
        stay: list(price, size),
      }),
    );
    fc.assert(
      fc.property(oneEach, (problem) => {
        expect(solveTransportation(problem).cost).toBe(bruteTransportation(problem));
      }),
      { numRuns: 60 },
    );
  });

  it('costs what the best of all ways costs, with several units and room for several', () => {
    fc.assert(
      fc.property(transportation(3, 2), (problem) => {
        expect(solveTransportation(problem).cost).toBe(bruteTransportation(problem));
      }),
      { numRuns: 300 },
    );
  });

  it('gives a plan that its prices prove optimal, and never one dearer than greedy', () => {
    fc.assert(
      fc.property(transportation(12, 50), (problem) => {
        const plan = solveTransportation(problem);
        expect(faultsOf(problem, plan)).toEqual([]);
        expect(plan.cost).toBeLessThanOrEqual(greedyTransportation(problem));
      }),
      { numRuns: 500 },
    );
  });

  it('gives a feasible plan wherever it is stopped', () => {
    fc.assert(
      fc.property(transportation(12, 50), fc.nat(3), (problem, asks) => {
        let asked = 0;
        const plan = solveTransportation(problem, () => asked++ < asks);
        const priceless = faultsOf(problem, plan).filter((fault) => !/could|price/.test(fault));
        expect(priceless).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });
});

describe('the linear assignment problem', () => {
  it('costs what the best of all permutations costs, up to 7 x 7, square or not', () => {
    const size = fc.integer({ min: 0, max: 7 });
    const problem = fc
      .tuple(size, size)
      .chain(([rows, columns]) =>
        fc.record({ rows: fc.constant(rows), columns: fc.constant(columns), cost: list(priceOrNever, rows * columns) }),
      );
    fc.assert(
      fc.property(problem, (one) => {
        const found = solveAssignment(one);
        expect(found?.cost).toBe(bruteAssignment(one));
        if (found === undefined) return;
        const columns = [...found.columnOf].filter((column) => column !== -1);
        expect(columns).toHaveLength(Math.min(one.rows, one.columns));
        expect(new Set(columns).size).toBe(columns.length);
      }),
      { numRuns: 150 },
    );
  });

  it('agrees with the transportation problem of one unit each', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 15 }).chain((size) => fc.record({ size: fc.constant(size), cost: list(price, size * size) })),
        ({ size, cost }) => {
          const ones = new Array<number>(size).fill(1);
          const flow = solveTransportation({ supply: ones, capacity: ones, cost, stay: new Array<number>(size).fill(10_000) });
          expect(solveAssignment({ rows: size, columns: size, cost })?.cost).toBe(flow.cost);
        },
      ),
    );
  });
});

describe('the generalised assignment problem', () => {
  const problem: fc.Arbitrary<Agents> = fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 0, max: 7 })).chain(([count, tasks]) =>
    fc.record({
      count: fc.constant(count),
      tasks: fc.constant(tasks),
      cost: list(price, count * tasks),
      use: list(fc.integer({ min: 0, max: 9 }), count * tasks),
      capacity: list(fc.integer({ min: 0, max: 20 }), count),
    }),
  );

  it.each([false, true])('proves what trying all agents for all tasks finds (maximise: %s)', (maximise) => {
    fc.assert(
      fc.property(problem, (one) => {
        const found = solveGeneralisedAssignment(one, { maximise });
        const best = bruteAgents(one, maximise);
        expect(found).toMatchObject({ proved: true, cost: best ?? (maximise ? -Infinity : Infinity) });
        expect(found.bound).toBe(found.cost);
        expect(found.agentOf === undefined).toBe(best === undefined);
      }),
      { numRuns: 150 },
    );
  });

  it('says no more than it knows when it gives up', () => {
    fc.assert(
      fc.property(problem, fc.integer({ min: 0, max: 2 }), (one, maxNodes) => {
        const found = solveGeneralisedAssignment(one, { maxNodes });
        const best = bruteAgents(one) ?? Infinity;
        expect(found.bound).toBeLessThanOrEqual(best);
        expect(found.cost).toBeGreaterThanOrEqual(best);
        if (found.proved) expect(found.cost).toBe(best);
      }),
      { numRuns: 150 },
    );
  });
});
