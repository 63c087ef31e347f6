// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
import type { PolicyResult } from './run-policy.ts';

/**
 * When each job started, one row per job in the order of the ids, in the trace's own seconds. With windows the first column says which, by
 * its index from 0 in the order given.
 */
export function jobsCsv({ schedules, windows }: PolicyResult): string {
  const hasWindows = windows.length > 0;
  const rows = schedules.flatMap(({ jobs, starts }, window) =>
    Array.from(starts, (start, row) => `${hasWindows ? `${window},` : ''}${jobs.id[row]!},${start}`),
  );
  return `${[hasWindows ? 'window,job_id,start' : 'job_id,start', ...rows].join('\n')}\n`;
}
