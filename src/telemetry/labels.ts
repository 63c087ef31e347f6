/** A label value that clients can make up must not make up a series each: past `limit` of them the rest is one, `other`. */
export function createLabelCap(limit: number): (value: string) => string {
  const seen = new Set<string>();
  return (value) => {
    if (seen.has(value)) return value;
    if (seen.size >= limit) return 'other';
    seen.add(value);
    return value;
  };
}

/** Counts by two labels: a map on the hot path, turned into series only when somebody reads them. */
export interface PairCounts {
  add(first: string, second: string): void;
  each(visit: (first: string, second: string, count: number) => void): void;
}

export function createPairCounts(): PairCounts {
  const counts = new Map<string, Map<string, number>>();
  return {
    add(first, second) {
      const row = counts.get(first) ?? new Map<string, number>();
      if (row.size === 0) counts.set(first, row);
      row.set(second, (row.get(second) ?? 0) + 1);
    },
    each(visit) {
      for (const [first, row] of counts) for (const [second, count] of row) visit(first, second, count);
    },
  };
}
