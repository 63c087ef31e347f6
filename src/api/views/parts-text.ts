/** Where the parts of a task go: `near (2 of its 3 parts), far (1 of its 3 parts)`. @param pools of each part */
export function partsText(pools: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const pool of pools) counts.set(pool, (counts.get(pool) ?? 0) + 1);
  return [...counts].map(([pool, count]) => `${pool} (${count} of its ${pools.length} parts)`).join(', ');
}
