// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
import type { Agents } from './agents.ts';
import { Knapsack } from './knapsack.ts';

/** Rounds of ascent without a better bound after which the steps are halved. */
const patience = 5;
const smallestStep = 1e-3;

/** Which agents a task may still go to. */
export interface Domain {
  /** By agent, then task: 1 when it may. */
  readonly allowed: Uint8Array;
  /** By task: how many agents are left. */
  readonly choices: Int32Array;
}

/**
 * The Lagrangian relaxation of a generalised assignment problem: that each task goes to exactly one agent is not demanded but priced, with
 * one multiplier per task, so that each agent fills his capacity on his own, a knapsack each. Whatever the multipliers, their sum less
 * what the knapsacks gain is a lower bound; subgradient steps raise it.
 * @see Fisher, Jaikumar, Van Wassenhove, "A multiplier adjustment method for the generalized assignment problem", Management Science 32 (1986)
 * @see Held, Wolfe, Crowder, "Validation of subgradient optimization", Math. Programming 6 (1974)
 */
export class Lagrangian {
  /** By task; what it is worth to have it done. */
  readonly multipliers: Float64Array;
  /** By agent, then task: the bound if the task goes to that agent; after `force`. */
  readonly ifGiven: Float64Array;
  /** By task: agents that took it in the latest round. */
  readonly takers: Int32Array;
  /** By agent, then task: whether he took it in the latest round. */
  readonly taken: Uint8Array;
  readonly #agents: Agents;
  readonly #knapsack: Knapsack;
  readonly #best: Float64Array;

  constructor(agents: Agents) {
    const { count, tasks, cost } = agents;
    this.#agents = agents;
    this.#knapsack = new Knapsack(tasks, Math.max(0, ...Array.from(agents.capacity)));
    this.multipliers = new Float64Array(tasks);
    this.#best = new Float64Array(tasks);
    this.ifGiven = new Float64Array(count * tasks);
    this.takers = new Int32Array(tasks);
    this.taken = new Uint8Array(count * tasks);
    for (let task = 0; task < tasks; task++) {
      let least = Number.POSITIVE_INFINITY;
      for (let agent = 0; agent < count; agent++) least = Math.min(least, cost[agent * tasks + task]!);
      this.multipliers[task] = least;
    }
  }

  /**
   * Raises the bound by up to `rounds` steps, less when it passes `goal`, and leaves the multipliers at their best.
   * @returns the bound; Infinity when some agent cannot hold what only he may have.
   */
  ascend(domain: Domain, goal: number, rounds: number, each: (bound: number) => void = () => {}): number {
    let best = Number.NEGATIVE_INFINITY;
    let step = 1;
    let failures = 0;
    for (let round = 0; round < rounds && best < goal && step > smallestStep; round++) {
      const bound = this.relax(domain);
      if (bound === Number.POSITIVE_INFINITY) return bound;
      if (bound > best + 1e-9) {
        best = bound;
        failures = 0;
        this.#best.set(this.multipliers);
        each(bound);
      } else if (++failures === patience) {
        failures = 0;
        step /= 2;
        this.multipliers.set(this.#best);
        continue;
      }
      if (!this.#stepTowards(goal - bound, step)) break;
    }
    this.multipliers.set(this.#best);
    return best;
  }

  /** The bound at the multipliers as they are, and who takes what. */
  relax(domain: Domain): number {
    const { count, tasks } = this.#agents;
    this.takers.fill(0);
    this.taken.fill(0);
    let bound = this.multipliers.reduce((sum, multiplier) => sum + multiplier, 0);
    for (let agent = 0; agent < count; agent++) {
      const room = this.#offer(agent, domain);
      if (room < 0) return Number.POSITIVE_INFINITY;
      bound -= this.#owned + this.#knapsack.solve(room);
      const take = (task: number) => {
        this.takers[task]!++;
        this.taken[agent * tasks + task] = 1;
      };
      this.#knapsack.chosen(room, take);
      for (let task = 0; task < tasks; task++) if (domain.choices[task] === 1 && domain.allowed[agent * tasks + task] === 1) take(task);
    }
    return bound;
  }

  /**
   * Works out `ifGiven` for every task with a choice: to give it to one agent costs him what he would rather have taken, and the others
   * what they hoped to gain by it. @returns the bound.
   */
  force(domain: Domain): number {
    const { count, tasks, cost, use } = this.#agents;
    const { ifGiven, multipliers } = this;
    let bound = multipliers.reduce((sum, multiplier) => sum + multiplier, 0);
    const lost = new Float64Array(tasks);
    for (let agent = 0; agent < count; agent++) {
      const room = this.#offer(agent, domain);
      if (room < 0) return Number.POSITIVE_INFINITY;
      const gain = this.#knapsack.solve(room);
      bound -= this.#owned + gain;
      for (let task = 0; task < tasks; task++) {
        const at = agent * tasks + task;
        if (domain.allowed[at] === 0 || domain.choices[task] === 1) continue;
        const left = room - use[at]!;
        ifGiven[at] = left < 0 ? Number.POSITIVE_INFINITY : gain - this.#knapsack.within(left) - multipliers[task]! + cost[at]!;
      }
      this.#knapsack.forced(room, (task, withIt, withoutIt) => {
        ifGiven[agent * tasks + task] = gain - withIt - (gain - withoutIt);
        lost[task]! += gain - withoutIt;
      });
    }
    for (let at = 0; at < ifGiven.length; at++) ifGiven[at]! += bound + lost[at % tasks]!;
    return bound;
  }

  /** Value of what only this agent may have; set by `#offer`. */
  #owned = 0;

  /** Offers the knapsack what the agent may take and would. @returns the room beside what only he may have. */
  #offer(agent: number, { allowed, choices }: Domain): number {
    const { tasks, cost, use, capacity } = this.#agents;
    let room = capacity[agent]!;
    this.#owned = 0;
    this.#knapsack.clear();
    for (let task = 0, at = agent * tasks; task < tasks; task++, at++) {
      if (allowed[at] === 0) continue;
      const value = this.multipliers[task]! - cost[at]!;
      if (choices[task] === 1) {
        room -= use[at]!;
        this.#owned += value;
      } else if (value > 0) this.#knapsack.offer(task, use[at]!, value);
    }
    return room;
  }

  /** Raises what nobody takes, lowers what several take. @returns false when all is taken once. */
  #stepTowards(distance: number, step: number): boolean {
    let norm = 0;
    for (const takers of this.takers) norm += (1 - takers) ** 2;
    if (norm === 0) return false;
    const length = (step * distance) / norm;
    for (let task = 0; task < this.takers.length; task++) this.multipliers[task]! += length * (1 - this.takers[task]!);
    return true;
  }
}
