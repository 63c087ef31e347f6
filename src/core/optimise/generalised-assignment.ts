// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
import { type Agents, checkAgents } from './agents.ts';
import { type Domain, Lagrangian } from './lagrangian.ts';
import { repair } from './repair.ts';

export interface GeneralisedAssignmentOptions {
  /** Read `cost` as profit, the more the better. */
  readonly maximise?: boolean;
  /** Give up the proof after so many nodes of the search tree; default 10,000. */
  readonly maxNodes?: number;
}

export interface GeneralisedAssignment {
  /** By task; `undefined`: none was found, and if `proved` there is none. */
  readonly agentOf: Int32Array | undefined;
  /** Infinity (-Infinity when maximising) without an assignment. */
  readonly cost: number;
  /** No assignment is better than this. */
  readonly bound: number;
  /** `cost` is the optimum, and `bound` says the same. */
  readonly proved: boolean;
  readonly nodes: number;
}

/** Steps of ascent at the first node and at the others; more make fewer nodes, and every node slower. */
const firstRounds = 600;
const rounds = 40;
/** Costs are integers, so a bound this much above one of them means the next. Sums of real multipliers are not exact. */
const tolerance = 1e-3;

/**
 * The optimum by branch and bound: depth first, with the Lagrangian knapsack bound, and with every choice struck out that the bound rules
 * out by itself. Up to some thirty tasks the proof takes milliseconds; with 100 tasks it depends on the instance.
 * @throws RangeError when a length or number is not as described, or the largest capacity is too large for a table per task.
 * @see Posta, Ferland, Michelon, "An exact method with variable fixing for solving the generalized assignment problem", Computational
 *   Optimization and Applications 52 (2012)
 */
export function solveGeneralisedAssignment(problem: Agents, options: GeneralisedAssignmentOptions = {}): GeneralisedAssignment {
  checkAgents(problem);
  const { maximise = false, maxNodes = 10_000 } = options;
  const turn = (cost: number) => (maximise ? 0 - cost : cost);
  const agents = { ...problem, cost: Array.from(problem.cost, turn) };
  const { agentOf, cost, bound, nodes } = search(agents, maxNodes);
  return { agentOf, cost: turn(cost), bound: turn(bound), proved: cost === bound, nodes };
}

function search(agents: Agents, maxNodes: number): Omit<GeneralisedAssignment, 'proved'> {
  const { count, tasks, cost } = agents;
  const lagrangian = new Lagrangian(agents);
  let agentOf: Int32Array | undefined;
  let best = Number.POSITIVE_INFINITY;
  /** Least bound of the nodes given up. */
  let open = Number.POSITIVE_INFINITY;
  let nodes = 0;
  const dearest = dearestOf(agents);

  visit({ allowed: new Uint8Array(count * tasks).fill(1), choices: new Int32Array(tasks).fill(count) }, Number.NEGATIVE_INFINITY);
  return { agentOf, cost: best, bound: Math.min(best, open), nodes };

  function visit(domain: Domain, known: number): void {
    if (nodes++ >= maxNodes) {
      open = Math.min(open, known);
      return;
    }
    const bound = Math.max(known, tighten(domain));
    if (bound >= best) return;
    const task = nextTask(domain);
    if (task === -1) {
      keep(domain.allowed);
      return;
    }
    const multipliers = lagrangian.multipliers.slice();
    const children = Array.from({ length: count }, (_, agent) => ({ agent, bound: whole(lagrangian.ifGiven[agent * tasks + task]!) }))
      .filter(({ agent }) => domain.allowed[agent * tasks + task] === 1)
      .sort((a, b) => a.bound - b.bound || a.agent - b.agent);
    for (const child of children) {
      if (child.bound >= best) break;
      lagrangian.multipliers.set(multipliers);
      visit(given(domain, task, child.agent), Math.max(bound, child.bound));
    }
  }

  /** Raises the bound and strikes out choices in turns, until neither helps. @returns the bound, Infinity for a dead end. */
  function tighten(domain: Domain): number {
    let bound = Number.NEGATIVE_INFINITY;
    const isFirst = nodes === 1;
    for (let steps = isFirst ? firstRounds : rounds; ; steps = rounds) {
      const raised = lagrangian.ascend(domain, goal(), steps, isFirst ? propose : undefined);
      bound = Math.max(bound, whole(raised));
      if (bound >= best) return bound;
      bound = Math.max(bound, whole(lagrangian.force(domain)));
      if (bound >= best) return bound;
      const struck = strikeOut(domain);
      if (struck === 'dead end') return Number.POSITIVE_INFINITY;
      if (struck === 'nothing') return bound;
    }
  }

  function strikeOut({ allowed, choices }: Domain): 'some' | 'nothing' | 'dead end' {
    let struck = 0;
    for (let at = 0; at < allowed.length; at++) {
      const task = at % tasks;
      if (allowed[at] === 0 || choices[task] === 1 || whole(lagrangian.ifGiven[at]!) < best) continue;
      allowed[at] = 0;
      choices[task]!--;
      struck++;
      if (choices[task] === 0) return 'dead end';
    }
    return struck === 0 ? 'nothing' : 'some';
  }

  /** The task whose wrong choices cost most: its second best one rules out the most. */
  function nextTask({ allowed, choices }: Domain): number {
    let next = -1;
    let most = Number.NEGATIVE_INFINITY;
    for (let task = 0; task < tasks; task++) {
      if (choices[task] === 1) continue;
      let least = Number.POSITIVE_INFINITY;
      let second = Number.POSITIVE_INFINITY;
      for (let at = task; at < allowed.length; at += tasks) {
        if (allowed[at] === 0) continue;
        const bound = lagrangian.ifGiven[at]!;
        if (bound < least) {
          second = least;
          least = bound;
        } else if (bound < second) second = bound;
      }
      if (second > most) {
        most = second;
        next = task;
      }
    }
    return next;
  }

  /** What agents took last, made into an assignment. */
  function propose(): void {
    const proposal = repair(agents, lagrangian.taken);
    if (proposal !== undefined) keepIfBetter(proposal);
  }

  function keep(allowed: Uint8Array): void {
    const only = (task: number) => Array.from({ length: count }, (_, agent) => agent).find((agent) => allowed[agent * tasks + task] === 1);
    keepIfBetter(Int32Array.from({ length: tasks }, (_, task) => only(task) ?? -1));
  }

  function keepIfBetter(candidate: Int32Array): void {
    let total = 0;
    for (let task = 0; task < tasks; task++) total += cost[candidate[task]! * tasks + task]!;
    if (total >= best) return;
    best = total;
    agentOf = candidate;
  }

  /** A bound from here on proves that nothing better than the best so far is below. Without one it only sets the length of the steps. */
  function goal(): number {
    return agentOf === undefined ? dearest : best - 1 + 2 * tolerance;
  }
}

/** No assignment costs more. */
function dearestOf({ count, tasks, cost }: Agents): number {
  let total = 0;
  for (let task = 0; task < tasks; task++) {
    let most = Number.NEGATIVE_INFINITY;
    for (let agent = 0; agent < count; agent++) most = Math.max(most, cost[agent * tasks + task]!);
    total += most;
  }
  return total;
}

function given({ allowed, choices }: Domain, task: number, agent: number): Domain {
  const only = { allowed: allowed.slice(), choices: choices.slice() };
  for (let at = task, other = 0; at < allowed.length; at += choices.length, other++) only.allowed[at] = other === agent ? 1 : 0;
  only.choices[task] = 1;
  return only;
}

/** The least integer cost a bound leaves. */
function whole(bound: number): number {
  return Math.ceil(bound - tolerance);
}
