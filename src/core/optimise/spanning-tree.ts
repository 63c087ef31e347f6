// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.

/**
 * The spanning tree of a transportation problem, with the flow on its arcs and the potentials it implies.
 *
 * Nodes are the sources, then the sinks, then the root. The root takes units that stay (source -> root) and fills sinks with units that
 * do not exist (root -> sink), so that every sink is always full. Arcs leave sources and enter sinks, hence the arc between a node and its
 * parent points up from a source and down to a sink, and one number per node says all about it.
 */
export class SpanningTree {
  readonly root: number;
  /** What a unit costs at its source, what room in a sink is worth; 0 at the root. Tree arcs i -> j have cost + potential(j) = potential(i). */
  readonly potential: Float64Array;
  readonly #sources: number;
  /** Flow between a node and its parent. */
  readonly #flow: Int32Array;
  readonly #parent: Int32Array;
  readonly #depth: Int32Array;
  // Children of a node, as a list with both links; -1: none.
  readonly #first: Int32Array;
  readonly #next: Int32Array;
  readonly #previous: Int32Array;

  /** The star in which all units stay. */
  constructor(supply: ArrayLike<number>, capacity: ArrayLike<number>, stay: ArrayLike<number>) {
    const nodes = supply.length + capacity.length + 1;
    this.root = nodes - 1;
    this.#sources = supply.length;
    this.potential = new Float64Array(nodes);
    this.potential.set(stay);
    this.#flow = new Int32Array(nodes);
    this.#flow.set(supply);
    this.#flow.set(capacity, supply.length);
    this.#parent = new Int32Array(nodes).fill(-1);
    this.#depth = new Int32Array(nodes);
    this.#first = new Int32Array(nodes).fill(-1);
    this.#next = new Int32Array(nodes).fill(-1);
    this.#previous = new Int32Array(nodes).fill(-1);
    for (let node = 0; node < this.root; node++) {
      this.#attach(node, this.root);
      this.#depth[node] = 1;
    }
  }

  /**
   * Takes the arc `from -> to` into the tree, sends what fits around the cycle it closes, and drops an arc that ran dry: of several the
   * last one along the cycle from its topmost node. So an arc without flow always points to the root, and no tree comes twice.
   * @param gain > 0, what a unit sent that way saves.
   */
  pivot(from: number, to: number, gain: number): void {
    const top = this.#meet(from, to);
    let units = Number.POSITIVE_INFINITY;
    let leaving = -1;
    let leavesAtFrom = true;
    // Downwards from the top to `from` the arcs of sources are run against; upwards from `to` those of sinks.
    for (let node = from; node !== top; node = this.#parent[node]!) {
      if (node >= this.#sources || this.#flow[node]! >= units) continue;
      units = this.#flow[node]!;
      leaving = node;
    }
    for (let node = to; node !== top; node = this.#parent[node]!) {
      if (node < this.#sources || this.#flow[node]! > units) continue;
      units = this.#flow[node]!;
      leaving = node;
      leavesAtFrom = false;
    }
    for (let node = from; node !== top; node = this.#parent[node]!) this.#flow[node]! += node < this.#sources ? -units : units;
    for (let node = to; node !== top; node = this.#parent[node]!) this.#flow[node]! += node < this.#sources ? units : -units;
    if (leavesAtFrom) this.#rehang(from, to, leaving, units, -gain);
    else this.#rehang(to, from, leaving, units, gain);
  }

  /** Calls `tell` for every arc between a source and a sink that carries units. */
  shipments(tell: (source: number, sink: number, units: number) => void): void {
    for (let node = 0; node < this.root; node++) {
      const parent = this.#parent[node]!;
      const units = this.#flow[node]!;
      if (parent === this.root || units === 0) continue;
      const isSource = node < this.#sources;
      tell(isSource ? node : parent, (isSource ? parent : node) - this.#sources, units);
    }
  }

  #meet(a: number, b: number): number {
    let left = a;
    let right = b;
    while (left !== right) {
      const difference = this.#depth[left]! - this.#depth[right]!;
      if (difference >= 0) left = this.#parent[left]!;
      if (difference <= 0) right = this.#parent[right]!;
    }
    return left;
  }

  /** Cuts off the part below `leaving`, turns it so that `node` is its root, and hangs it under `parent`. */
  #rehang(node: number, parent: number, leaving: number, units: number, shift: number): void {
    let above = parent;
    let flow = units;
    for (let at = node; ; ) {
      const [nextUp, flowUp] = [this.#parent[at]!, this.#flow[at]!];
      this.#detach(at);
      this.#attach(at, above);
      this.#flow[at] = flow;
      if (at === leaving) break;
      above = at;
      at = nextUp;
      flow = flowUp;
    }
    this.#settle(node, shift);
  }

  /** New potentials and depths for a subtree. */
  #settle(subtree: number, shift: number): void {
    for (let node = subtree; ; ) {
      this.potential[node]! += shift;
      this.#depth[node] = this.#depth[this.#parent[node]!]! + 1;
      if (this.#first[node] !== -1) {
        node = this.#first[node]!;
        continue;
      }
      while (node !== subtree && this.#next[node] === -1) node = this.#parent[node]!;
      if (node === subtree) return;
      node = this.#next[node]!;
    }
  }

  #attach(node: number, parent: number): void {
    const first = this.#first[parent]!;
    this.#parent[node] = parent;
    this.#next[node] = first;
    this.#previous[node] = -1;
    if (first !== -1) this.#previous[first] = node;
    this.#first[parent] = node;
  }

  #detach(node: number): void {
    const [previous, next] = [this.#previous[node]!, this.#next[node]!];
    if (previous === -1) this.#first[this.#parent[node]!] = next;
    else this.#next[previous] = next;
    if (next !== -1) this.#previous[next] = previous;
  }
}
