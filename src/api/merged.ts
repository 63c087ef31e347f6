/** What a merge patch makes of a map: `null` takes a key away. @see https://www.rfc-editor.org/rfc/rfc7396 */
export function merged<T extends string | number>(
  before: Readonly<Record<string, T>>,
  patch: Readonly<Record<string, T | null>>,
): Record<string, T> {
  const both = Object.entries<T | null>({ ...before, ...patch });
  return Object.fromEntries(both.filter((entry): entry is [string, T] => entry[1] !== null));
}
