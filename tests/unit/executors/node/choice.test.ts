import { describe, expect, it } from 'vitest';
import { kept, nodesFor } from '../../../../src/core/executors/node/choice.ts';
import { createNode, type Node } from '../../../../src/core/executors/node/node.ts';
import { mostOn, type Want } from '../../../../src/core/executors/node/room.ts';
import { fc } from '../../../helpers/fc.ts';

interface Made {
  readonly slots: number;
  readonly used?: number;
  readonly types?: readonly string[];
  readonly runsParts?: boolean;
}

function someNodes(made: readonly Made[]): Node[] {
  return made.map(({ slots, used = 0, types = ['*'], runsParts = true }, i) => {
    const node = createNode({ id: `node ${i}`, pool: 'n', types, slots, runsParts, agent: null }, 's', 0, 0);
    node.used = Math.min(used, slots);
    return node;
  });
}

const parts = (count: number, slots: number): Want[] =>
  Array.from({ length: count }, () => ({ pool: 'n', type: 'job', slots, isPart: true }));

/** Nodes that count how often one of them is looked at. */
function walked(nodes: readonly Node[]) {
  const walk = {
    looks: 0,
    *[Symbol.iterator]() {
      for (const node of nodes) {
        walk.looks++;
        yield node;
      }
    },
  };
  return walk;
}

/** One part after the other, each with those before it in place. */
function inTurn(nodes: readonly Node[], wants: readonly Want[]): readonly Node[] | undefined {
  const taken = new Map<Node, number>();
  const found: Node[] = [];
  for (const want of wants) {
    const free = (node: Node) => node.spec.slots - node.used - (taken.get(node) ?? 0);
    const [best] = nodes
      .filter((node) => free(node) >= want.slots && mostOn(node, want) > 0)
      .toSorted((a, b) => Number(a.spec.types.includes('*')) - Number(b.spec.types.includes('*')) || free(b) - free(a));
    if (best === undefined) return undefined;
    taken.set(best, (taken.get(best) ?? 0) + want.slots);
    found.push(best);
  }
  return found;
}

const anyNode = fc.record({
  slots: fc.integer({ min: 1, max: 6 }),
  used: fc.integer({ min: 0, max: 6 }),
  types: fc.constantFrom(['*'], ['job'], ['other']),
  runsParts: fc.boolean(),
});

describe('the nodes of a task of several parts', () => {
  it('are those that its parts would find one after the other, or none', () => {
    fc.assert(
      fc.property(
        fc.array(anyNode, { maxLength: 8 }),
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: 1, max: 3 }),
        (made, count, slots) => {
          const nodes = someNodes(made);
          expect(nodesFor(parts(count, slots), () => nodes)).toEqual(inTurn(nodes, parts(count, slots)));
        },
      ),
    );
  });

  it('are found in one walk, and so is that there are none, and what is kept for it', () => {
    const free = walked(someNodes(Array.from({ length: 100 }, () => ({ slots: 1 }))));
    expect(nodesFor(parts(64, 1), () => free)).toHaveLength(64);
    const full = walked(someNodes(Array.from({ length: 100 }, () => ({ slots: 2, used: 1 }))));
    expect(nodesFor(parts(64, 2), () => full)).toBeUndefined();
    const keeping = walked(someNodes(Array.from({ length: 100 }, () => ({ slots: 2, used: 2 }))));
    expect(kept(keeping, parts(64, 2))).toHaveLength(64);
    expect([free.looks, full.looks, keeping.looks]).toEqual([100, 100, 100]);
  });

  it('are kept for it where there is most room, as many as hold its parts', () => {
    const nodes = someNodes([{ slots: 4, used: 4 }, { slots: 4, used: 1 }, { slots: 4, used: 2 }, { slots: 1 }]);
    const names = (wants: readonly Want[]) => kept(nodes, wants).map(({ spec }) => spec.id);
    expect(names(parts(1, 2))).toEqual(['node 1']);
    expect(names(parts(3, 2)).sort()).toEqual(['node 1', 'node 2']);
    expect(names(parts(9, 2)).sort()).toEqual(['node 0', 'node 1', 'node 2']);
  });
});
