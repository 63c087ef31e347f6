// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
import type { Jobs } from '../jobs.ts';

/** Rows in the order they are submitted; equal times in the order of the ids. */
export function rowsBySubmit(jobs: Jobs): Int32Array {
  return rowsBy(
    Int32Array.from(jobs.submit, (_, row) => row),
    jobs.submit,
  );
}

/** `rows` by ascending value, equal ones in the order given. */
export function rowsBy(rows: Int32Array, values: Float64Array): Int32Array {
  return rows.toSorted((a, b) => values[a]! - values[b]!);
}
