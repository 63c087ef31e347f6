// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
import { SpanningTree } from './spanning-tree.ts';
import { checkTransportation, type Transportation } from './transportation.ts';

export interface TransportationPlan {
  /** Units shipped, source by source. */
  readonly flow: Int32Array;
  /** Sum over all units, those that stay included. */
  readonly cost: number;
  /**
   * What one more unit of room in a sink would save at most, by sink; 0 where room is left. Added to the costs these prices make each unit's own
   * way the cheapest of all sinks and of staying, which is the proof that the plan is optimal.
   */
  readonly price: Float64Array;
  /** False when the search was stopped: the plan is feasible, `price` proves nothing. */
  readonly optimal: boolean;
}

/** Pivots between two questions whether to go on. */
const pivotsPerAsk = 64;

/**
 * The cheapest plan, exactly, by the network simplex method. All units start out staying; each pivot lets a source use a sink that is
 * cheaper at the prices of the moment, and moves others along a cycle of the tree to make room. Strongly feasible trees keep it from
 * cycling. Successive shortest paths were tried first: as quick on random costs, ten to a hundred times slower where costs are size times
 * price, which is what real ones look like.
 * @param mayGoOn asked now and then; a search that is stopped early leaves a feasible plan, the better the longer it ran.
 * @throws RangeError when a length or number is not as described, or so large that sums would lose their last digit.
 * @see Ahuja, Magnanti, Orlin, "Network Flows" (1993), chapter 11 (network simplex, strongly feasible trees after Cunningham 1976)
 * @see Grigoriadis, "An efficient implementation of the network simplex method", Math. Programming Study 26 (1986) (pricing by blocks)
 */
export function solveTransportation(problem: Transportation, mayGoOn = () => true): TransportationPlan {
  checkTransportation(problem);
  const { supply, capacity, cost, stay } = problem;
  const [sources, sinks] = [supply.length, capacity.length];
  const tree = new SpanningTree(supply, capacity, stay);
  const { potential, root } = tree;
  // A sink without room would hang in the tree by an arc without flow that points away from the root.
  const open = Array.from({ length: sinks }, (_, sink) => sink).filter((sink) => capacity[sink]! > 0);
  const rowsPerBlock = Math.max(1, Math.ceil(Math.sqrt(sources * open.length) / (open.length + 1)));
  let nextRow = 0;
  // The arc that gains most of those looked at.
  let from = 0;
  let to = 0;
  let gain = 0;

  let pivots = 0;
  let optimal = true;
  while (findPivot()) {
    if (pivots++ % pivotsPerAsk === 0 && !mayGoOn()) {
      optimal = false;
      break;
    }
    tree.pivot(from, to, gain);
  }
  return { ...shipmentsOf(problem, tree), price: prices(), optimal };

  /** Goes through the rows in turns and stops after a block of them that has an arc to gain by. */
  function findPivot(): boolean {
    gain = 0;
    for (let rows = 1; rows <= sources + 1; rows++) {
      if (nextRow === sources) lookAtRoot();
      else lookAtSource(nextRow);
      nextRow = nextRow === sources ? 0 : nextRow + 1;
      if (gain > 0 && rows % rowsPerBlock === 0) return true;
    }
    return gain > 0;
  }

  function lookAtSource(source: number): void {
    const row = source * sinks;
    const own = potential[source]!;
    if (own - stay[source]! > gain) {
      gain = own - stay[source]!;
      from = source;
      to = root;
    }
    for (let i = 0; i < open.length; i++) {
      const sink = open[i]!;
      const saved = own - cost[row + sink]! - potential[sources + sink]!;
      if (saved > gain) {
        gain = saved;
        from = source;
        to = sources + sink;
      }
    }
  }

  /** Room that is worth less than nothing had better be left empty. */
  function lookAtRoot(): void {
    for (const sink of open) {
      const saved = -potential[sources + sink]!;
      if (saved > gain) {
        gain = saved;
        from = root;
        to = sources + sink;
      }
    }
  }

  function prices(): Float64Array {
    const price = potential.slice(sources, root);
    for (let sink = 0; sink < sinks; sink++) {
      if (capacity[sink] !== 0) continue;
      for (let source = 0; source < sources; source++) {
        price[sink] = Math.max(price[sink]!, potential[source]! - cost[source * sinks + sink]!);
      }
    }
    return price;
  }
}

function shipmentsOf({ supply, capacity, cost, stay }: Transportation, tree: SpanningTree): { flow: Int32Array; cost: number } {
  const sinks = capacity.length;
  const flow = new Int32Array(supply.length * sinks);
  let total = 0;
  for (let source = 0; source < supply.length; source++) total += supply[source]! * stay[source]!;
  tree.shipments((source, sink, units) => {
    flow[source * sinks + sink] = units;
    total += units * (cost[source * sinks + sink]! - stay[source]!);
  });
  return { flow, cost: total };
}
