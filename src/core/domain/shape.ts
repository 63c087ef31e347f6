/**
 * Whether a value is what a type says: for what was stored as JSON and comes back as anything. Guards are put together like the types they
 * check, and the compiler compares the two. Keys that a guard does not name are let pass: a later version may have written them.
 */
export type Guard<T> = (value: unknown) => value is T;

export const isText: Guard<string> = (value) => typeof value === 'string';
export const isNumber: Guard<number> = (value): value is number => Number.isFinite(value);
export const isBoolean: Guard<boolean> = (value) => typeof value === 'boolean';

export function oneOf<const T extends string>(words: readonly T[]): Guard<T> {
  return (value): value is T => (words as readonly unknown[]).includes(value);
}

export function nullOr<T>(guard: Guard<T>): Guard<T | null> {
  return (value): value is T | null => value === null || guard(value);
}

/** A key that may be missing. */
export function maybe<T>(guard: Guard<T>): Guard<T | undefined> {
  return (value): value is T | undefined => value === undefined || guard(value);
}

export function listOf<T>(guard: Guard<T>): Guard<readonly T[]> {
  return (value): value is readonly T[] => Array.isArray(value) && value.every(guard);
}

/** A list of just these, in this order. */
export function tupleOf<Items extends readonly unknown[]>(...guards: { readonly [I in keyof Items]: Guard<Items[I]> }): Guard<Items> {
  const list: readonly Guard<unknown>[] = guards;
  return (value): value is Items => Array.isArray(value) && value.length === list.length && list.every((guard, i) => guard(value[i]));
}

export function recordOf<T>(guard: Guard<T>): Guard<Readonly<Record<string, T>>> {
  return (value): value is Readonly<Record<string, T>> => isObject(value) && Object.values(value).every(guard);
}

/** One guard for every key of the type, those that may be missing too. */
export function objectOf<T extends object>(guards: { readonly [K in keyof T]-?: Guard<T[K]> }): Guard<T> {
  const entries = Object.entries(guards) as [string, Guard<unknown>][];
  return (value): value is T => isObject(value) && entries.every(([key, guard]) => guard(value[key]));
}

/** Any JSON object. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
