import type { Seq } from '../../domain/units.ts';
import type { Lease } from './lease.ts';
import type { Node } from './node.ts';

/** A lease to be, and the node that was kept for it. */
export interface Coming {
  readonly lease: Lease;
  readonly node: Node | undefined;
}

/** Parts of an attempt are handed over one by one, in one turn: they go on when the last has come. */
export interface Gatherer {
  /** @returns all of them, with the last */
  add(coming: Coming): readonly Coming[] | undefined;
}

export function createGatherer(): Gatherer {
  const gathered = new Map<Seq, Coming[]>();

  return {
    add(coming) {
      const { task, part } = coming.lease.attempt;
      if (part === undefined) return [coming];
      const all = gathered.get(task.seq) ?? [];
      all.push(coming);
      gathered.set(task.seq, all);
      if (all.length < part.together) return undefined;
      gathered.delete(task.seq);
      return all;
    },
  };
}
