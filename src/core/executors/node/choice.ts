import { isOpen, type Node } from './node.ts';
import { mostOn, runs, type Want } from './room.ts';

/** A node that could take some of what is wanted, and the slots it has left for it. */
interface Place {
  readonly node: Node;
  free: number;
}

/**
 * An open node for each, all of them or none: parts of a task are alike, so who takes them in turn finds all the room there is. Walks through the
 * nodes of a pool once, however many parts it is to run.
 */
export function nodesFor(wants: readonly Want[], nodesOf: (pool: string) => Iterable<Node>): readonly Node[] | undefined {
  const [first] = wants;
  if (wants.length === 1 && first !== undefined) {
    const node = nodeFor(nodesOf(first.pool), first);
    return node && [node];
  }
  const found = new Map<string, Iterator<Node>>();
  for (const { pool } of wants) {
    if (found.has(pool)) continue;
    const nodes = inOnePool(
      nodesOf(pool),
      wants.filter((want) => want.pool === pool),
    );
    if (nodes === undefined) return undefined;
    found.set(pool, nodes.values());
  }
  return wants.map(({ pool }) => found.get(pool)?.next().value as Node); // as many as are wanted there
}

/**
 * The open node for a task: among those with room the one that runs the fewest types, so that the others stay free; then one that runs no parts,
 * where none is wanted; then the emptiest.
 */
function nodeFor(nodes: Iterable<Node>, want: Want): Node | undefined {
  let best: Node | undefined;
  for (const node of nodes)
    if (isPlaceFor(node, want) && (best === undefined || compare(node, freeOn(node), best, freeOn(best)) < 0)) best = node;
  return best;
}

/** The same for several that are alike, one after the other. */
function inOnePool(nodes: Iterable<Node>, wants: readonly Want[]): readonly Node[] | undefined {
  const [want] = wants as readonly [Want, ...Want[]]; // whoever asks wants some
  const places: Place[] = [];
  let room = 0;
  for (const node of nodes) {
    if (!isPlaceFor(node, want)) continue;
    places.push({ node, free: freeOn(node) });
    room += Math.floor(freeOn(node) / want.slots);
  }
  if (room < wants.length) return undefined;
  // Whoever is taken was the best of those not taken yet, or was taken before: never more than the first so many. Among equals the order stays.
  const first = new Set(places.toSorted((a, b) => compare(a.node, a.free, b.node, b.free)).slice(0, wants.length));
  const left = places.filter((place) => first.has(place));
  return wants.map(({ slots }) => {
    const fitting = left.filter(({ free }) => free >= slots);
    const best = fitting.reduce((a, b) => (compare(b.node, b.free, a.node, a.free) < 0 ? b : a));
    best.free -= slots;
    return best.node;
  });
}

function isPlaceFor(node: Node, want: Want): boolean {
  return freeOn(node) >= want.slots && isOpen(node) && runs(node, want);
}

function freeOn({ spec, used }: Node): number {
  return spec.slots - used;
}

/** @returns < 0: the first is the better one */
function compare(a: Node, freeA: number, b: Node, freeB: number): number {
  const [widthA, widthB] = [widthOf(a), widthOf(b)];
  if (widthA !== widthB) return widthA - widthB;
  return Number(a.spec.runsParts) - Number(b.spec.runsParts) || freeB - freeA;
}

function widthOf({ spec: { types } }: Node): number {
  return types.includes('*') ? Number.MAX_SAFE_INTEGER : types.length;
}

/**
 * What is left over of several nodes fits into none: the next room of one of them is for who has waited longest, and of as many as the parts take. Of the
 * open nodes that could run it, were they empty, those with most room.
 * @param wants of one pool
 */
export function kept(nodes: Iterable<Node>, wants: readonly Want[]): readonly Node[] {
  const [want] = wants;
  if (want === undefined) return [];
  const able: Node[] = [];
  for (const node of nodes) if (isOpen(node) && mostOn(node, want) > 0) able.push(node);
  if (wants.length > 1) able.sort((a, b) => freeOn(b) - freeOn(a));
  else if (able.length > 1) return [able.reduce((best, node) => (freeOn(node) > freeOn(best) ? node : best))];
  let parts = wants.length;
  return able.filter((node) => {
    if (parts <= 0) return false;
    parts -= mostOn(node, want);
    return true;
  });
}
