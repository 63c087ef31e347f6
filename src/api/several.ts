import type { FieldError } from '../core/domain/errors.ts';
import { nameIn, outerOf } from './pointer.ts';

/** Names in a sentence; the list beside it has the rest. */
const mostNamed = 8;

/**
 * What is wrong with a request in a sentence: of several fields how many and which, then the first of them.
 * @param first what is wrong with the first of `errors`, with its full stop
 */
export function severalWrong(errors: readonly FieldError[], first: string): string {
  const paths = errors.map(({ path }) => path);
  const outer = allOuter(paths);
  // Of a value and what is wrong inside it the inside says it better.
  const fields = [...new Set(paths.filter((path) => !outer.has(path)).map(fieldOf))];
  if (fields.length < 2) return first;
  const named = fields.length > mostNamed ? [...fields.slice(0, mostNamed), `${fields.length - mostNamed} more`] : fields;
  return `${fields.length} fields are wrong: ${named.slice(0, -1).join(', ')} and ${named.at(-1)}. ${first}`;
}

/** A body may be wrong in thousands of places, so each is looked at as often as it is deep and no more. */
function allOuter(paths: readonly string[]): ReadonlySet<string> {
  const outer = new Set<string>();
  for (const path of paths) {
    for (const place of outerOf(path)) {
      if (outer.has(place)) break; // and with it all that it lies in
      outer.add(place);
    }
  }
  return outer;
}

/** As people write it: `cost_range.0` for `/body/cost_range/0`, `body` for all of it. */
export function fieldOf(path: string): string {
  return path.split('/').slice(2).map(nameIn).join('.') || path.slice(1);
}
