import type { Agents } from '../../src/core/optimise/agents.ts';
import type { AssignmentProblem } from '../../src/core/optimise/linear-assignment.ts';
import type { TransportationPlan } from '../../src/core/optimise/min-cost-flow.ts';
import type { Transportation } from '../../src/core/optimise/transportation.ts';

/** Seeded, in [0, 1). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Rows of numbers as the solvers take them. */
export function flat(rows: readonly (readonly number[])[]): number[] {
  return rows.flat();
}

/** Tries every way to place every unit: for a handful of them. */
export function bruteTransportation({ supply, capacity, cost, stay }: Transportation): number {
  const units = Array.from(supply).flatMap((count, source) => new Array<number>(count).fill(source));
  const room = Array.from(capacity);
  const best = (from: number): number => {
    const source = units[from];
    if (source === undefined) return 0;
    let least = stay[source]! + best(from + 1);
    for (let sink = 0; sink < room.length; sink++) {
      const price = cost[source * room.length + sink]!;
      if (room[sink] === 0 || price === Infinity) continue;
      room[sink]!--;
      least = Math.min(least, price + best(from + 1));
      room[sink]!++;
    }
    return least;
  };
  return best(0);
}

/** Source after source takes its cheapest room, or stays where that is cheaper: what deciding in order comes to. */
export function greedyTransportation({ supply, capacity, cost, stay }: Transportation): number {
  const room = Array.from(capacity);
  let total = 0;
  for (let source = 0; source < supply.length; source++) {
    for (let left = supply[source]!; left > 0; ) {
      let best = -1;
      let least = stay[source]!;
      for (let sink = 0; sink < room.length; sink++) {
        const price = cost[source * room.length + sink]!;
        if (room[sink]! > 0 && price < least) [best, least] = [sink, price];
      }
      const units = best === -1 ? left : Math.min(left, room[best]!);
      if (best !== -1) room[best]! -= units;
      total += units * least;
      left -= units;
    }
  }
  return total;
}

/** What is wrong with a plan: flow that is not allowed, or prices at which somebody would rather go elsewhere. Empty: it is optimal. */
export function faultsOf({ supply, capacity, cost, stay }: Transportation, { flow, cost: told, price }: TransportationPlan): string[] {
  const faults: string[] = [];
  const sinks = capacity.length;
  const full = new Array<number>(sinks).fill(0);
  let total = 0;
  for (let source = 0; source < supply.length; source++) {
    const own = Array.from({ length: sinks }, (_, sink) => cost[source * sinks + sink]! + price[sink]!);
    const least = Math.min(stay[source]!, ...own);
    let left = supply[source]!;
    for (let sink = 0; sink < sinks; sink++) {
      const units = flow[source * sinks + sink]!;
      if (units < 0) faults.push(`${units} units from ${source} to ${sink}`);
      if (units > 0 && own[sink] !== least) faults.push(`${source} ships to ${sink} for ${own[sink]}, and could for ${least}`);
      left -= units;
      full[sink]! += units;
      if (units > 0) total += units * cost[source * sinks + sink]!;
    }
    if (left < 0) faults.push(`${source} ships ${-left} units too many`);
    if (left > 0 && stay[source] !== least) faults.push(`${left} units stay in ${source} for ${stay[source]}, and could go for ${least}`);
    total += left * stay[source]!;
  }
  for (let sink = 0; sink < sinks; sink++) {
    if (full[sink]! > capacity[sink]!) faults.push(`${sink} gets ${full[sink]} units and has room for ${capacity[sink]}`);
    if (price[sink]! < 0) faults.push(`room in ${sink} has the price ${price[sink]}`);
    if (full[sink]! < capacity[sink]! && price[sink] !== 0) faults.push(`${sink} has room left and the price ${price[sink]}`);
  }
  if (total !== told) faults.push(`the cost is ${total}, and ${told} was told`);
  return faults;
}

/** Tries every permutation; `undefined` when none is allowed. */
export function bruteAssignment({ rows, columns, cost }: AssignmentProblem): number | undefined {
  const at = (line: number, other: number) => (rows <= columns ? cost[line * columns + other]! : cost[other * columns + line]!);
  const taken = new Set<number>();
  const best = (line: number): number => {
    if (line === Math.min(rows, columns)) return 0;
    let least = Infinity;
    for (let other = 0; other < Math.max(rows, columns); other++) {
      if (taken.has(other) || at(line, other) === Infinity) continue;
      taken.add(other);
      least = Math.min(least, at(line, other) + best(line + 1));
      taken.delete(other);
    }
    return least;
  };
  const found = best(0);
  return found === Infinity ? undefined : found;
}

/** Tries every agent for every task; `undefined` when they never fit. */
export function bruteAgents({ count, tasks, cost, use, capacity }: Agents, maximise = false): number | undefined {
  const room = Array.from(capacity);
  const sign = maximise ? -1 : 1;
  const best = (task: number): number => {
    if (task === tasks) return 0;
    let least = Infinity;
    for (let agent = 0; agent < count; agent++) {
      const at = agent * tasks + task;
      if (use[at]! > room[agent]!) continue;
      room[agent]! -= use[at]!;
      least = Math.min(least, sign * cost[at]! + best(task + 1));
      room[agent]! += use[at]!;
    }
    return least;
  };
  const found = best(0);
  if (found === Infinity) return undefined;
  return maximise ? 0 - found : found;
}
