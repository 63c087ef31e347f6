import type { Seq } from '../../domain/units.ts';
import type { NodeWish } from '../../ports/executor.ts';
import { nodesFor } from './choice.ts';
import type { Node } from './node.ts';

/** Room on nodes for attempts whose claim is on its way to the store. */
export interface Reservations {
  /** @returns the node of each, whose slots are taken for it; `undefined`: there is no room for all of them now, or others have waited longer. */
  reserve(wishes: readonly NodeWish[]): readonly Node[] | undefined;
  /** The attempt begins, or this part of it: its slots are the caller's now. */
  take(seq: Seq, part: number | undefined): Node | undefined;
  /** It never will. @returns the nodes that were kept for it */
  drop(seq: Seq): readonly Node[];
}

interface ReservationsDeps {
  readonly nodesOf: (pool: string) => Iterable<Node>;
  /** Attempts wait for a node of this pool. */
  readonly isWanted: (pool: string) => boolean;
}

interface Reserved {
  readonly node: Node;
  readonly wish: NodeWish;
}

export function createReservations({ nodesOf, isWanted }: ReservationsDeps): Reservations {
  const kept = new Map<Seq, Reserved[]>();
  /** Pools of wishes that came to nothing and have not begun to wait yet: what is decided after them must not pass them. */
  const unserved = new Map<Seq, readonly string[]>();

  function isBehind(pool: string): boolean {
    return isWanted(pool) || (unserved.size > 0 && [...unserved.values()].some((pools) => pools.includes(pool)));
  }

  function giveUp({ node, wish }: Reserved): Node {
    node.reserved.delete(wish);
    node.used -= wish.slots;
    return node;
  }

  return {
    reserve(wishes) {
      const [first] = wishes;
      if (first === undefined) return [];
      const wants = wishes.map(({ pool, type, slots, part }) => ({ pool, type, slots, isPart: part !== undefined }));
      const nodes = wishes.some(({ pool }) => isBehind(pool)) ? undefined : nodesFor(wants, nodesOf);
      if (nodes === undefined) {
        unserved.set(
          first.seq,
          wishes.map(({ pool }) => pool),
        );
        return undefined;
      }
      const made = wishes.map((wish, i) => ({ wish, node: nodes[i] as Node })); // same length
      for (const { wish, node } of made) {
        node.used += wish.slots;
        node.reserved.add(wish);
      }
      kept.set(first.seq, made);
      return nodes;
    },
    take(seq, part) {
      unserved.delete(seq);
      const made = kept.get(seq);
      const at = made?.findIndex(({ wish }) => wish.part === part) ?? -1;
      if (made === undefined || at === -1) return undefined;
      const [taken] = made.splice(at, 1);
      if (made.length === 0) kept.delete(seq);
      return taken && giveUp(taken);
    },
    drop(seq) {
      unserved.delete(seq);
      const made = kept.get(seq) ?? [];
      kept.delete(seq);
      return made.map(giveUp);
    },
  };
}
