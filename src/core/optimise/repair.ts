// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
import type { Agents } from './agents.ts';

/**
 * Makes a full assignment of a wish: tasks wished by one agent go to him, dear ones first, the others where they cost least and fit; then
 * single tasks move, and pairs change places, as long as that saves anything.
 * @param wished by agent, then task: 1 when he would take it.
 * @returns the agent of each task, or `undefined` when some task found no room.
 */
export function repair(agents: Agents, wished: Uint8Array): Int32Array | undefined {
  const { count, tasks, cost, use } = agents;
  const room = Array.from(agents.capacity);
  const agentOf = new Int32Array(tasks).fill(-1);
  const give = (task: number, agent: number) => {
    const before = agentOf[task]!;
    if (before !== -1) room[before]! += use[before * tasks + task]!;
    room[agent]! -= use[agent * tasks + task]!;
    agentOf[task] = agent;
  };
  const fits = (task: number, agent: number) => use[agent * tasks + task]! <= room[agent]!;

  /** The cheapest agent with room, of those that wish it or of all. */
  function cheapest(task: number, onlyWished: boolean): number {
    let best = -1;
    for (let agent = 0; agent < count; agent++) {
      const at = agent * tasks + task;
      if ((onlyWished && wished[at] === 0) || !fits(task, agent)) continue;
      if (best === -1 || cost[at]! < cost[best * tasks + task]!) best = agent;
    }
    return best;
  }

  for (const onlyWished of [true, false]) {
    for (const task of byUse(agents)) {
      if (agentOf[task] !== -1) continue;
      const agent = cheapest(task, onlyWished);
      if (agent !== -1) give(task, agent);
      else if (!onlyWished && !squeezeIn(task)) return undefined;
    }
  }
  while (moveOne() || swapTwo());
  return agentOf;

  /** Sends one task away from an agent to make room for another, where both together cost least. */
  function squeezeIn(task: number): boolean {
    let least = Number.POSITIVE_INFINITY;
    let found: { agent: number; other: number; to: number } | undefined;
    for (let other = 0; other < tasks; other++) {
      const agent = agentOf[other]!;
      if (agent === -1 || room[agent]! + use[agent * tasks + other]! < use[agent * tasks + task]!) continue;
      for (let to = 0; to < count; to++) {
        if (to === agent || !fits(other, to)) continue;
        const extra = cost[agent * tasks + task]! + cost[to * tasks + other]! - cost[agent * tasks + other]!;
        if (extra >= least) continue;
        least = extra;
        found = { agent, other, to };
      }
    }
    if (found === undefined) return false;
    give(found.other, found.to);
    give(task, found.agent);
    return true;
  }

  function moveOne(): boolean {
    for (let task = 0; task < tasks; task++) {
      const own = cost[agentOf[task]! * tasks + task]!;
      for (let agent = 0; agent < count; agent++) {
        if (agent === agentOf[task] || cost[agent * tasks + task]! >= own || !fits(task, agent)) continue;
        give(task, agent);
        return true;
      }
    }
    return false;
  }

  function swapTwo(): boolean {
    for (let a = 0; a < tasks; a++) {
      for (let b = 0; b < a; b++) {
        const [x, y] = [agentOf[a]!, agentOf[b]!];
        if (x === y) continue;
        const [ax, ay, bx, by] = [x * tasks + a, y * tasks + a, x * tasks + b, y * tasks + b];
        if (cost[ay]! + cost[bx]! >= cost[ax]! + cost[by]!) continue;
        if (room[y]! + use[by]! < use[ay]! || room[x]! + use[ax]! < use[bx]!) continue;
        give(a, y);
        give(b, x);
        return true;
      }
    }
    return false;
  }
}

/** Those that are hard to place first. */
function byUse({ count, tasks, use }: Agents): number[] {
  const least = Array.from({ length: tasks }, (_, task) => {
    let smallest = Number.POSITIVE_INFINITY;
    for (let agent = 0; agent < count; agent++) smallest = Math.min(smallest, use[agent * tasks + task]!);
    return smallest;
  });
  return Array.from(least.keys()).sort((a, b) => least[b]! - least[a]! || a - b);
}
