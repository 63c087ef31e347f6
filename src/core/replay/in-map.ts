/** What a map has under a key; made where it has nothing. For what is asked a million times: `get` alone, and no closure that holds anything. */
export function inMap<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}
