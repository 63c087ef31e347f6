import type { Json, JsonObject } from './json.ts';

/** Whether two values would be the same text, were their keys sorted. What is `undefined` is not there. */
export function sameJson(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b)) {
    return Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((value, i) => sameJson(value, b[i]));
  }
  const [one, other] = [a as JsonObject, b as JsonObject];
  let keys = 0;
  for (const key in one) {
    if (one[key] === undefined) continue;
    keys++;
    if (!sameJson(one[key], other[key])) return false;
  }
  for (const key in other) if (other[key] !== undefined) keys--;
  return keys === 0;
}
