import { describe, expect, it } from 'vitest';
import type { Agents } from '../../../src/core/optimise/agents.ts';
import { solveGeneralisedAssignment } from '../../../src/core/optimise/generalised-assignment.ts';
import { problemIn } from '../../helpers/assignment-files.ts';
import { assignments, csvRows } from '../../helpers/shared-data.ts';

/** OR-Library's gap1 and gap6 (Cattrysse et al. 1994) both ways, a05100 and c05100 of Chu and Beasley (1997) at least cost. */
const listed = [
  ...['gap1-0', 'gap1-1', 'gap1-2', 'gap1-3', 'gap1-4', 'gap6-0', 'gap6-1'].flatMap((name) => [
    { name, maximise: false },
    { name, maximise: true },
  ]),
  { name: 'a05100', maximise: false },
  { name: 'c05100', maximise: false },
];

describe(`proved optima of the literature (${assignments.whyNot})`, () => {
  it.skipIf(!assignments.exists).each(listed)('$name, maximise: $maximise', ({ name, maximise }) => {
    const optima = csvRows(assignments.read('optima.csv'));
    const optimum = optima.find(({ file }) => file === `${name}.txt`)![maximise ? 'max_profit' : 'min_cost'];
    const problem = problemIn(`${name}.txt`);
    const found = solveGeneralisedAssignment(problem, { maximise });
    expect(found).toMatchObject({ cost: Number(optimum), bound: Number(optimum), proved: true });
    expect(costWithinCapacity(problem, found.agentOf!)).toBe(Number(optimum));
  });
});

function costWithinCapacity({ count, tasks, cost, use, capacity }: Agents, agentOf: Int32Array): number {
  const load = new Array<number>(count).fill(0);
  let total = 0;
  for (const [task, agent] of agentOf.entries()) {
    load[agent]! += use[agent * tasks + task]!;
    total += cost[agent * tasks + task]!;
  }
  for (let agent = 0; agent < count; agent++) expect(load[agent]).toBeLessThanOrEqual(capacity[agent]!);
  return total;
}
