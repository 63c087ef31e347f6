import { TaskRouterError } from '../domain/errors.ts';
import type { BatchInput } from './engine.ts';
import type { BatchPlaces, ParentLink } from './parents.ts';

/** An item with what it depends on; the places in its links are indices of the batch. */
export interface Linked {
  readonly index: number;
  readonly links: readonly ParentLink[];
}

/** How items of a batch may be named by others of it. @param refuse an item whose `ref` is not its own */
export function placesOf(items: readonly BatchInput[], refuse: (index: number, reason: TaskRouterError) => void): BatchPlaces {
  const places = new Map<string | number, number>();
  for (const [index, { ref, place = index }] of items.entries()) {
    places.set(place, index);
    if (ref === undefined) continue;
    if (places.has(ref)) refuse(index, refTwice(ref));
    else places.set(ref, index);
  }
  return { placeOf: (task) => places.get(task), refAt: (index) => items[index]?.ref };
}

/**
 * Parents before their children, else as they came.
 * @param isRefused whether an item that is not among `items` came to nothing
 * @returns those that can be accepted, and why the others cannot
 */
export function inOrder<T extends Linked>(
  items: readonly T[],
  isRefused: (index: number) => boolean,
): { readonly ordered: readonly T[]; readonly refused: ReadonlyMap<T, TaskRouterError> } {
  const known = new Map(items.map((item) => [item.index, item]));
  const ordered: T[] = [];
  const refused = new Map<T, TaskRouterError>();
  const done = new Set<T>();

  function finish(item: T, reason: TaskRouterError | undefined): void {
    done.add(item);
    if (reason === undefined) ordered.push(item);
    else refused.set(item, reason);
  }

  function lossOf(item: T): TaskRouterError | undefined {
    const lost = placesIn(item).find((place) => {
      const parent = known.get(place);
      return parent === undefined ? isRefused(place) : refused.has(parent);
    });
    return lost === undefined ? undefined : parentLost(lost);
  }

  /** Depth first, on a stack of its own: a chain may be as long as the batch. */
  function visit(root: T): void {
    const path = [root];
    for (let item = path.at(-1); item !== undefined; item = path.at(-1)) {
      const next = placesIn(item)
        .map((place) => known.get(place))
        .find((parent) => parent !== undefined && !done.has(parent));
      if (next === undefined) {
        finish(item, lossOf(item));
        path.pop();
      } else if (path.includes(next)) {
        const circle = path.splice(path.indexOf(next));
        const reason = dependencyCycle(circle.map(({ index }) => index));
        for (const each of circle) finish(each, reason);
      } else path.push(next);
    }
  }

  for (const item of items) if (!done.has(item)) visit(item);
  return { ordered, refused };
}

export function placesIn({ links }: Linked): number[] {
  return links.flatMap((link) => ('place' in link ? [link.place] : []));
}

const shownOfCycle = 10;

function dependencyCycle(places: readonly number[]): TaskRouterError {
  const shown = places.length > shownOfCycle ? [...places.slice(0, shownOfCycle), '...'] : places;
  const message = `items wait for each other in a circle: ${[...shown, places[0]].join(' -> ')}`;
  return new TaskRouterError('validation_failed', `depends_on: ${message}.`, { errors: [{ path: '/body/depends_on', message }] });
}

function parentLost(place: number): TaskRouterError {
  const message = `item ${place}, which it depends on, was refused`;
  return new TaskRouterError('validation_failed', `Left out because ${message}.`, { errors: [{ path: '/body/depends_on', message }] });
}

function refTwice(ref: string): TaskRouterError {
  const message = `"${ref}" is the ref of another item too`;
  return new TaskRouterError('validation_failed', `ref ${message}.`, { errors: [{ path: '/body/ref', message }] });
}
