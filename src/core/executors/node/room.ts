import type { PoolRoom } from '../../ports/executor.ts';
import type { Lease } from './lease.ts';
import { isOpen, type Node } from './node.ts';

/**
 * What the nodes of a pool hold: the slots of those that take new work, and what runs on the others until it ends, so that neither counts
 * against the rest.
 */
export function roomOf(nodes: Iterable<Node>): PoolRoom {
  const byType = new Map<string, number>();
  const open: Node[] = [];
  let slots = 0;
  let ofAnyType = 0;
  for (const node of nodes) {
    if (isOpen(node)) {
      open.push(node);
      slots += node.spec.slots;
      if (node.spec.types.includes('*')) ofAnyType += node.spec.slots;
      else for (const type of node.spec.types) byType.set(type, (byType.get(type) ?? 0) + node.spec.slots);
    } else {
      slots += node.used;
      for (const { attempt } of node.leases.values()) byType.set(attempt.task.type, (byType.get(attempt.task.type) ?? 0) + 1);
      for (const { type } of node.reserved.values()) byType.set(type, (byType.get(type) ?? 0) + 1);
    }
  }
  const widest = (type?: string) =>
    open.reduce((most, node) => (type === undefined || runs(node, type) ? Math.max(most, node.spec.slots) : most), 0);
  return { slots, most: (type) => ofAnyType + (byType.get(type) ?? 0), widest };
}

/** The open node for a task: among those with room the one that runs the fewest types, so that the others stay free; then the emptiest. */
export function nodeFor(nodes: Iterable<Node>, type: string, slots: number): Node | undefined {
  let best: Node | undefined;
  for (const node of nodes) {
    if (!isOpen(node) || node.spec.slots - node.used < slots || !runs(node, type)) continue;
    if (best === undefined || isBetter(node, best)) best = node;
  }
  return best;
}

function isBetter(node: Node, than: Node): boolean {
  const [width, widthThan] = [widthOf(node), widthOf(than)];
  if (width !== widthThan) return width < widthThan;
  return node.spec.slots - node.used > than.spec.slots - than.used;
}

function widthOf({ spec: { types } }: Node): number {
  return types.includes('*') ? Number.POSITIVE_INFINITY : types.length;
}

/** Of the open nodes that could run a task, were they empty, the one with most room. */
export function emptiest(nodes: Iterable<Node>, task: { readonly type: string; readonly slots: number }): Node | undefined {
  let best: Node | undefined;
  for (const node of nodes) {
    if (!isOpen(node) || !couldRun(node, task)) continue;
    if (best === undefined || node.spec.slots - node.used > best.spec.slots - best.used) best = node;
  }
  return best;
}

/** Were it empty. */
export function couldRun(node: Node, { type, slots }: { readonly type: string; readonly slots: number }): boolean {
  return node.spec.slots >= slots && runs(node, type);
}

/** The node a lease was given to may have it still: it may have closed since, or registered again with another pool, fewer types or fewer slots. */
export function canTake(node: Node, lease: Lease): boolean {
  const { pool, task } = lease.attempt;
  if (!isOpen(node) || node.spec.pool !== pool.name || !couldRun(node, task)) return false;
  return node.used <= node.spec.slots || heldBeside(node, lease) + task.slots <= node.spec.slots;
}

/** Slots of what it was given, or may fetch now; what is on its way to it comes after this one, and what is ending runs no more. */
function heldBeside(node: Node, lease: Lease): number {
  let slots = 0;
  for (const other of node.leases.values())
    if (other !== lease && (other.stage === 'delivered' || other.stage === 'ready')) slots += other.attempt.task.slots;
  return slots;
}

function runs({ spec: { types } }: Node, type: string): boolean {
  return types.includes(type) || types.includes('*');
}
