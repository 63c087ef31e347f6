import type { PartNodes } from '../../domain/pool.ts';
import type { AttemptHandle, PoolRoom } from '../../ports/executor.ts';
import type { Lease } from './lease.ts';
import { isOpen, type Node, type NodeSpec } from './node.ts';

/** What wants a place on one node. */
export interface Want {
  readonly pool: string;
  readonly type: string;
  readonly slots: number;
  readonly isPart: boolean;
}

export function wantOf({ pool, task: { type, slots }, part }: AttemptHandle): Want {
  return { pool: pool.name, type, slots, isPart: part !== undefined };
}

/**
 * What the nodes of a pool hold: the slots of those that take new work, and what runs on the others until it ends, so that neither counts
 * against the rest.
 */
export function roomOf(nodes: Iterable<Node>): PoolRoom {
  const byType = new Map<string, number>();
  const open: Node[] = [];
  const closed: Node[] = [];
  let slots = 0;
  let ofAnyType = 0;
  for (const node of nodes) {
    if (isOpen(node)) {
      open.push(node);
      slots += node.spec.slots;
      if (node.spec.types.includes('*')) ofAnyType += node.spec.slots;
      else for (const type of node.spec.types) byType.set(type, (byType.get(type) ?? 0) + node.spec.slots);
    } else {
      closed.push(node);
      slots += node.used;
      for (const { attempt } of node.leases.values()) byType.set(attempt.task.type, (byType.get(attempt.task.type) ?? 0) + 1);
      for (const { type } of node.reserved) byType.set(type, (byType.get(type) ?? 0) + 1);
    }
  }
  const widest = (type?: string) =>
    open.reduce((most, node) => (type === undefined || takes(node.spec, type) ? Math.max(most, node.spec.slots) : most), 0);
  const partNodes = () => (open.length === 0 ? undefined : partNodesOf(open, closed));
  return { slots, most: (type) => ofAnyType + (byType.get(type) ?? 0), widest, partNodes };
}

/**
 * Those that run parts, alike ones counted: a pool may have a thousand, and mostly they are the same. A part on another node is its own room
 * there, because the core counts it among those that run.
 */
function partNodesOf(open: readonly Node[], closed: readonly Node[]): readonly PartNodes[] {
  const alike = new Map<string, PartNodes>();
  const add = ({ slots, types }: Pick<NodeSpec, 'slots' | 'types'>) => {
    const key = `${slots} ${types.toSorted().join()}`;
    alike.set(key, { slots, count: (alike.get(key)?.count ?? 0) + 1, types });
  };
  for (const { spec } of open) if (spec.runsParts) add(spec);
  if (alike.size === 0) return [];
  for (const { leases } of closed)
    for (const { attempt } of leases.values())
      if (attempt.part !== undefined) add({ slots: attempt.task.slots, types: [attempt.task.type] });
  return [...alike.values()];
}

/** How many of them it could run, were it empty. */
export function mostOn(node: Node, want: Want): number {
  return runs(node, want) ? Math.floor(node.spec.slots / want.slots) : 0;
}

/** The node a lease was given to may have it still: it may have closed since, or registered again with another pool, fewer types or fewer slots. */
export function canTake(node: Node, lease: Lease): boolean {
  const { pool, task } = lease.attempt;
  if (!isOpen(node) || node.spec.pool !== pool.name || mostOn(node, wantOf(lease.attempt)) === 0) return false;
  return node.used <= node.spec.slots || heldBeside(node, lease) + task.slots <= node.spec.slots;
}

/** Slots of what it was given, or may fetch now; what is on its way to it comes after this one, and what is ending runs no more. */
function heldBeside(node: Node, lease: Lease): number {
  let slots = 0;
  for (const other of node.leases.values())
    if (other !== lease && (other.stage === 'delivered' || other.stage === 'ready')) slots += other.attempt.task.slots;
  return slots;
}

/** It is one for work of this kind, whatever room it has. */
export function runs({ spec }: Node, { type, isPart }: Want): boolean {
  return (spec.runsParts || !isPart) && takes(spec, type);
}

function takes({ types }: NodeSpec, type: string): boolean {
  return types.includes(type) || types.includes('*');
}
