import type { Seq } from '../../domain/units.ts';
import type { NodeWish } from '../../ports/executor.ts';
import type { Node } from './node.ts';
import { nodeFor } from './room.ts';

/** Room on nodes for attempts whose claim is on its way to the store. */
export interface Reservations {
  /** @returns the node whose slots are taken for it; `undefined`: none now, or others have waited longer. */
  reserve(wish: NodeWish): Node | undefined;
  /** The attempt begins, or never will: its slots are the caller's now. */
  take(seq: Seq): Node | undefined;
}

interface ReservationsDeps {
  readonly nodesOf: (pool: string) => Iterable<Node>;
  /** Attempts wait for a node of this pool. */
  readonly isWanted: (pool: string) => boolean;
}

export function createReservations({ nodesOf, isWanted }: ReservationsDeps): Reservations {
  const nodes = new Map<Seq, Node>();
  /** Pools of wishes that came to nothing and have not begun to wait yet: what is decided after them must not pass them. */
  const unserved = new Map<Seq, string>();

  return {
    reserve(wish) {
      const { seq, pool, type, slots } = wish;
      const isBehind = isWanted(pool) || (unserved.size > 0 && [...unserved.values()].includes(pool));
      const node = isBehind ? undefined : nodeFor(nodesOf(pool), type, slots);
      if (node === undefined) {
        unserved.set(seq, pool);
        return undefined;
      }
      node.used += slots;
      node.reserved.set(seq, wish);
      nodes.set(seq, node);
      return node;
    },
    take(seq) {
      unserved.delete(seq);
      const node = nodes.get(seq);
      const wish = node?.reserved.get(seq);
      if (node === undefined || wish === undefined) return undefined;
      nodes.delete(seq);
      node.reserved.delete(seq);
      node.used -= wish.slots;
      return node;
    },
  };
}
