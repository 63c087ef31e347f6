// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.

/** Each task to exactly one agent; what it costs and how much of the agent's capacity it uses depends on both. */
export interface Agents {
  /** Agents. */
  readonly count: number;
  readonly tasks: number;
  /** By agent, then task; integers of at most a billion / `tasks` either way, so that bounds stay exact to a thousandth. */
  readonly cost: ArrayLike<number>;
  /** By agent, then task; integers >= 0. */
  readonly use: ArrayLike<number>;
  /** By agent; integers >= 0. */
  readonly capacity: ArrayLike<number>;
}

/** Numbers in the table of a knapsack: 400 MB. */
const mostCells = 50_000_000;

/** @throws RangeError that names the first number that is not as `Agents` says. */
export function checkAgents({ count, tasks, cost, use, capacity }: Agents): void {
  const pairs = count * tasks;
  if (cost.length !== pairs) throw new RangeError(`cost has ${cost.length} entries for ${count} agents and ${tasks} tasks`);
  if (use.length !== pairs) throw new RangeError(`use has ${use.length} entries for ${count} agents and ${tasks} tasks`);
  if (capacity.length !== count) throw new RangeError(`capacity has ${capacity.length} entries for ${count} agents`);
  const most = Math.floor(1e9 / Math.max(1, tasks));
  checkIntegers('cost', cost, -most, most);
  checkIntegers('use', use, 0, Number.MAX_SAFE_INTEGER);
  checkIntegers('capacity', capacity, 0, Number.MAX_SAFE_INTEGER);
  for (let agent = 0; agent < count; agent++) {
    if ((capacity[agent]! + 1) * (tasks + 1) > mostCells) {
      throw new RangeError(`capacity[${agent}] is ${capacity[agent]}, too large for ${tasks} tasks: count in larger units`);
    }
  }
}

function checkIntegers(name: string, values: ArrayLike<number>, least: number, most: number): void {
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!Number.isInteger(value) || value < least || value > most) {
      throw new RangeError(`${name}[${i}] must be an integer from ${least} to ${most}, and it was ${value}`);
    }
  }
}
