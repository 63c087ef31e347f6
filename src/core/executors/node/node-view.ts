import type { Clock } from '../../ports/clock.ts';
import { type Node, stateOf } from './node.ts';
import type { LiveNode, NodeFilter } from './nodes.ts';

export function viewOf(node: Node, clock: Clock): LiveNode {
  return {
    ...node.spec,
    state: stateOf(node),
    used: node.used,
    registeredAt: node.registeredAt,
    seenAt: node.seenAt,
    silentForMs: Math.round(clock.monotonicMs() - node.seenMs),
    done: node.done,
    lastError: node.lastError,
    leases: [...node.leases.values()],
  };
}

/** Who asks for a type wants one that runs it now. */
export function matches(node: LiveNode, { pool, type, state }: NodeFilter): boolean {
  return (
    (pool === undefined || node.pool === pool) &&
    (state === undefined || node.state === state) &&
    (type === undefined || (node.state === 'live' && (node.types.includes(type) || node.types.includes('*'))))
  );
}
