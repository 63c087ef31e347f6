// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
import type { Jobs } from './jobs.ts';

/**
 * No schedule ends sooner than this after the first submit, in seconds; `null` without jobs. A job cannot end before submit + run, and what
 * is submitted from a moment on cannot be done before that moment + its work over all processors. Tight on long logs, which is why makespan
 * and utilisation hardly tell good policies apart.
 */
export function makespanBound({ count, submit, run, processors }: Jobs, machine: number): number | null {
  if (count === 0) return null;
  const latestFirst = Array.from(submit, (_, row) => row).sort((a, b) => submit[b]! - submit[a]!);
  let end = Number.NEGATIVE_INFINITY;
  let work = 0;
  for (const row of latestFirst) {
    work += processors[row]! * run[row]!;
    end = Math.max(end, submit[row]! + run[row]!, submit[row]! + work / machine);
  }
  return end - submit[latestFirst.at(-1)!]!;
}
