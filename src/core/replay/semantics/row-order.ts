// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
import type { Jobs } from '../jobs.ts';

/** Rows in the order they are submitted; equal times in the order of the ids. */
export function rowsBySubmit({ submit }: Jobs): Int32Array {
  const rows = Int32Array.from(submit, (_, row) => row);
  // Ids mostly follow time, and a sort costs as much as a simulation.
  const isSorted = submit.every((time, row) => row === 0 || submit[row - 1]! <= time);
  return isSorted ? rows : rows.sort((a, b) => submit[a]! - submit[b]! || a - b);
}
