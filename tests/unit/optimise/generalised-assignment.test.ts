import { describe, expect, it } from 'vitest';
import { solveGeneralisedAssignment } from '../../../src/core/optimise/generalised-assignment.ts';
import { flat, seeded } from '../../helpers/optimise.ts';

/** Two agents, three tasks; the cheap agent has room for two. */
const small = {
  count: 2,
  tasks: 3,
  cost: flat([
    [1, 1, 1],
    [5, 2, 9],
  ]),
  use: flat([
    [4, 4, 4],
    [1, 1, 1],
  ]),
  capacity: [8, 3],
};

describe('solveGeneralisedAssignment', () => {
  it('sends away from the cheap agent what costs least elsewhere', () => {
    const found = solveGeneralisedAssignment(small);
    expect(found).toMatchObject({ cost: 4, bound: 4, proved: true });
    expect([...found.agentOf!]).toEqual([0, 1, 0]);
  });

  it('reads costs as profits when it is to maximise', () => {
    const found = solveGeneralisedAssignment(small, { maximise: true });
    expect(found).toMatchObject({ cost: 16, bound: 16, proved: true });
    expect([...found.agentOf!]).toEqual([1, 1, 1]);
  });

  it('proves that nothing fits', () => {
    const found = solveGeneralisedAssignment({ ...small, capacity: [3, 2] });
    expect(found).toMatchObject({ agentOf: undefined, cost: Infinity, proved: true });
  });

  it('keeps within every capacity and tells the true cost, also when it gives up', () => {
    const random = seeded(3);
    const [count, tasks] = [6, 60];
    const cost = Array.from({ length: count * tasks }, () => 10 + Math.floor(random() * 40));
    const use = Array.from({ length: count * tasks }, () => 5 + Math.floor(random() * 20));
    const capacity = new Array<number>(count).fill(110);
    const { agentOf, cost: told, bound, proved } = solveGeneralisedAssignment({ count, tasks, cost, use, capacity }, { maxNodes: 3 });
    const load = new Array<number>(count).fill(0);
    let total = 0;
    for (const [task, agent] of agentOf!.entries()) {
      load[agent]! += use[agent * tasks + task]!;
      total += cost[agent * tasks + task]!;
    }
    for (const one of load) expect(one).toBeLessThanOrEqual(110);
    expect(told).toBe(total);
    expect(bound).toBeLessThanOrEqual(told);
    expect(proved).toBe(bound === told);
    expect((told - bound) / bound).toBeLessThan(0.02);
  });

  it.each([
    { bad: { ...small, cost: [1] }, message: 'cost has 1 entries' },
    { bad: { ...small, use: [1] }, message: 'use has 1 entries' },
    { bad: { ...small, capacity: [8] }, message: 'capacity has 1 entries' },
    { bad: { ...small, capacity: [8, -1] }, message: 'capacity[1] must be an integer from 0' },
    {
      bad: {
        ...small,
        use: flat([
          [4, 4, 0.5],
          [1, 1, 1],
        ]),
      },
      message: 'use[2] must be an integer from 0',
    },
    {
      bad: {
        ...small,
        cost: flat([
          [1, Infinity, 1],
          [5, 2, 9],
        ]),
      },
      message: 'cost[1] must be an integer',
    },
    { bad: { ...small, capacity: [8, 1e9] }, message: 'capacity[1] is 1000000000, too large' },
  ])('refuses what it cannot solve: $message', ({ bad, message }) => {
    expect(() => solveGeneralisedAssignment(bad)).toThrow(message);
  });
});
