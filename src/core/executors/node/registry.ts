import { TaskRouterError } from '../../domain/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { PoolRoom } from '../../ports/executor.ts';
import { createNode, type Node, type NodeSpec } from './node.ts';
import { roomOf } from './room.ts';

/** Nodes that were lost stay in sight, the latest. */
const departedKept = 100;

export interface Registry {
  /** The node as it is now known: new, or the one of that name with a new session. @throws TaskRouterError `quota_exceeded` */
  enter(spec: NodeSpec, session: string): Node;
  /** A node that held leases when the server ended, and has not come back yet. */
  await(id: string, pool: string): Node;
  /** @throws TaskRouterError `unknown_node`, `node_replaced` */
  ofSession(id: string, session: string): Node;
  present(id: string): Node | undefined;
  /** Also one that was lost a while ago. */
  get(id: string): Node | undefined;
  /** Its slots count until what it held has ended: call `emptied` then. @param isLost it is kept in sight */
  leave(node: Node, isLost: boolean): void;
  /** A node gave back its last lease. */
  emptied(node: Node): void;
  of(pool: string): Iterable<Node>;
  all(): Iterable<Node>;
  departed(): Iterable<Node>;
  room(pool: string): PoolRoom;
}

/** Who there is, by name and by pool. Nodes are not stored: after a restart they register again. */
export function createRegistry({ clock, maxNodes }: { readonly clock: Clock; readonly maxNodes: number }): Registry {
  const nodes = new Map<string, Node>();
  const pools = new Map<string, Set<Node>>();
  const departed = new Map<string, Node>();

  function enter(spec: NodeSpec, session: string): Node {
    const known = nodes.get(spec.id);
    if (known === undefined && nodes.size >= maxNodes)
      throw new TaskRouterError('quota_exceeded', `The server keeps ${maxNodes} nodes and has as many.`, { retryAfterS: 10 });
    departed.delete(spec.id);
    if (known === undefined) return add(createNode(spec, session, clock.now(), clock.monotonicMs()));
    move(known, spec);
    Object.assign(known, { session, isSilent: false, isDraining: false, registeredAt: clock.now(), seenAt: clock.now() });
    known.seenMs = clock.monotonicMs();
    return known;
  }

  function add(node: Node): Node {
    nodes.set(node.spec.id, node);
    poolOf(node.spec.pool).add(node);
    return node;
  }

  function move(node: Node, spec: NodeSpec): void {
    poolOf(node.spec.pool).delete(node);
    node.spec = spec;
    poolOf(spec.pool).add(node);
  }

  function poolOf(name: string): Set<Node> {
    const known = pools.get(name);
    if (known !== undefined) return known;
    const made = new Set<Node>();
    pools.set(name, made);
    return made;
  }

  function leave(node: Node, isLost: boolean): void {
    node.isGone = true;
    nodes.delete(node.spec.id);
    emptied(node);
    if (!isLost) return;
    departed.set(node.spec.id, node);
    for (const id of departed.keys()) {
      if (departed.size <= departedKept) break;
      departed.delete(id);
    }
  }

  function emptied(node: Node): void {
    if (node.isGone && node.leases.size === 0 && node.reserved.size === 0) pools.get(node.spec.pool)?.delete(node);
  }

  return {
    enter,
    await: (id, pool) =>
      nodes.get(id) ??
      add(createNode({ id, pool, types: [], slots: 0, runsParts: false, agent: null }, undefined, clock.now(), clock.monotonicMs())),
    ofSession(id, session) {
      const node = nodes.get(id);
      if (node?.session === undefined)
        throw new TaskRouterError('unknown_node', `There is no node ${id} now. Register again, with the leases it still holds.`);
      if (node.session !== session)
        throw new TaskRouterError(
          'node_replaced',
          `Another program registered as node ${id}. Stop all work, or register under another name.`,
        );
      return node;
    },
    present: (id) => nodes.get(id),
    get: (id) => nodes.get(id) ?? departed.get(id),
    leave,
    emptied,
    of: (pool) => pools.get(pool) ?? [],
    all: () => nodes.values(),
    departed: () => departed.values(),
    room: (pool) => roomOf(pools.get(pool) ?? []),
  };
}
