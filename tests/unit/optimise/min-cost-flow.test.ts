import { describe, expect, it } from 'vitest';
import { solveTransportation } from '../../../src/core/optimise/min-cost-flow.ts';
import { faultsOf, flat, greedyTransportation, seeded } from '../../helpers/optimise.ts';

const apart = 1_000;

describe('solveTransportation', () => {
  it('pairs [[1, 2], [1, 10]] for 3 where greedy pays 11', () => {
    const problem = {
      supply: [1, 1],
      capacity: [1, 1],
      cost: flat([
        [1, 2],
        [1, 10],
      ]),
      stay: [apart, apart],
    };
    expect(greedyTransportation(problem)).toBe(11);
    const plan = solveTransportation(problem);
    expect(plan.cost).toBe(3);
    expect([...plan.flow]).toEqual([0, 1, 1, 0]);
  });

  it('leaves units where they are when there is no room, the ones that lose least by it', () => {
    const plan = solveTransportation({
      supply: [3, 3],
      capacity: [2, 2],
      cost: flat([
        [5, 6],
        [1, 2],
      ]),
      stay: [20, 10],
    });
    expect([...plan.flow]).toEqual([2, 1, 0, 1]);
    expect(plan.cost).toBe(2 * 5 + 6 + 2 + 2 * 10);
  });

  it('sends nobody where staying is cheaper, nor where it is forbidden', () => {
    const plan = solveTransportation({ supply: [2, 2], capacity: [9], cost: [8, Infinity], stay: [7, 50] });
    expect([...plan.flow]).toEqual([0, 0]);
    expect(plan.cost).toBe(2 * 7 + 2 * 50);
  });

  it('prices room by what one more of it would save at most', () => {
    const problem = { supply: [4], capacity: [2, 9], cost: [10, 25], stay: [100] };
    const plan = solveTransportation(problem);
    const roomier = solveTransportation({ ...problem, capacity: [3, 9] });
    expect([...plan.price]).toEqual([15, 0]);
    expect(plan.cost - roomier.cost).toBe(15);
  });

  it('prices room that there is none of yet', () => {
    const problem = {
      supply: [1, 1],
      capacity: [0, 1],
      cost: flat([
        [3, 10],
        [4, 10],
      ]),
      stay: [20, 30],
    };
    const plan = solveTransportation(problem);
    const roomier = solveTransportation({ ...problem, capacity: [1, 1] });
    expect(plan.cost - roomier.cost).toBe(17);
    expect(plan.price[0]).toBeGreaterThanOrEqual(17);
    expect(faultsOf(problem, plan)).toEqual([]);
  });

  it.each([
    { name: 'no sources', problem: { supply: [], capacity: [3], cost: [], stay: [] } },
    { name: 'no sinks', problem: { supply: [3], capacity: [], cost: [], stay: [2] } },
    { name: 'nothing to ship and no room', problem: { supply: [0], capacity: [0], cost: [1], stay: [2] } },
  ])('has an answer to $name', ({ problem }) => {
    expect(faultsOf(problem, solveTransportation(problem))).toEqual([]);
  });

  it.each([
    { shape: 'size times price', load: 0.8 },
    { shape: 'size times price', load: 3 },
    { shape: 'equal costs', load: 1 },
    { shape: 'random', load: 1 },
  ])('proves 300 x 64 with 30,000 units optimal: $shape, load $load', ({ shape, load }) => {
    const random = seeded(7);
    const [sources, sinks] = [300, 64];
    const supply = Array.from({ length: sources }, () => Math.floor(random() * 200));
    const capacity = Array.from({ length: sinks }, () => Math.floor((random() * 2 * 30_000) / load / sinks));
    const size = Array.from({ length: sources }, () => 1 + 20 * random());
    const price = Array.from({ length: sinks }, () => 0.5 + 2 * random());
    const costOf = (source: number, sink: number) => {
      if (shape === 'equal costs') return 5;
      return Math.round(1e6 * (shape === 'random' ? random() : size[source]! * price[sink]! + 0.1 * random()));
    };
    const cost = supply.flatMap((_, source) => capacity.map((__, sink) => costOf(source, sink)));
    const problem = { supply, capacity, cost, stay: size.map((one) => Math.round(one * 3e6)) };
    expect(faultsOf(problem, solveTransportation(problem))).toEqual([]);
  });

  it('answers the same every time', () => {
    const problem = { supply: [2, 2, 2], capacity: [3, 3], cost: [1, 1, 1, 1, 1, 1], stay: [1, 1, 1] };
    expect(solveTransportation(problem)).toEqual(solveTransportation(problem));
  });

  it('says that a plan is not proved when it was stopped', () => {
    const plan = solveTransportation({ supply: [1], capacity: [1], cost: [1], stay: [2] }, () => false);
    expect(plan).toMatchObject({ optimal: false, cost: 2 });
  });

  it.each([
    { bad: { supply: [1.5], capacity: [1], cost: [1], stay: [1] }, message: 'supply[0] must be an integer' },
    { bad: { supply: [-1], capacity: [1], cost: [1], stay: [1] }, message: 'supply[0] must be an integer from 0' },
    { bad: { supply: [1], capacity: [2 ** 31], cost: [1], stay: [1] }, message: 'capacity[0] must be an integer' },
    { bad: { supply: [1], capacity: [1], cost: [0.5], stay: [1] }, message: 'cost[0] must be an integer' },
    { bad: { supply: [1], capacity: [1], cost: [-Infinity], stay: [1] }, message: 'cost[0] must be an integer' },
    { bad: { supply: [1], capacity: [1], cost: [2 ** 52], stay: [1] }, message: 'cost[0] must be an integer of at most' },
    { bad: { supply: [1], capacity: [1], cost: [1], stay: [Infinity] }, message: 'stay[0] must be an integer' },
    { bad: { supply: [1], capacity: [1], cost: [1, 2], stay: [1] }, message: 'cost has 2 entries' },
    { bad: { supply: [1], capacity: [1], cost: [1], stay: [] }, message: 'stay has 0 entries' },
  ])('refuses what it cannot solve: $message', ({ bad, message }) => {
    expect(() => solveTransportation(bad)).toThrow(message);
  });
});
