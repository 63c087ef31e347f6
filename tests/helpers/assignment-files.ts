import type { Agents } from '../../src/core/optimise/agents.ts';
import { assignments } from './shared-data.ts';

/** `m n`, then m rows of n costs, m rows of n uses, m capacities; lines may break anywhere. */
export function problemIn(file: string): Agents {
  const numbers = assignments.read(file).trim().split(/\s+/).map(Number);
  const [count = 0, tasks = 0] = numbers;
  const pairs = count * tasks;
  const use = 2 + pairs;
  return { count, tasks, cost: numbers.slice(2, use), use: numbers.slice(use, use + pairs), capacity: numbers.slice(use + pairs) };
}
