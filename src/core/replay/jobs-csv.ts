// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
import type { PolicyResult } from './run-policy.ts';
import type { TraceNames } from './trace.ts';

/**
 * When each job started, one row per job in the order of the ids, in the trace's own seconds. With windows the first column says which, by
 * its index from 0 in the order given. Where the trace has names, the id is the name.
 */
export function jobsCsv({ schedules, windows }: PolicyResult, names?: TraceNames): string {
  const hasWindows = windows.length > 0;
  const rows = schedules.flatMap(({ jobs, starts }, window) =>
    Array.from(starts, (start, row) => `${hasWindows ? `${window},` : ''}${nameOf(jobs.id[row]!, names)},${start}`),
  );
  return `${[hasWindows ? 'window,job_id,start' : 'job_id,start', ...rows].join('\n')}\n`;
}

function nameOf(id: number, names: TraceNames | undefined): string {
  const name = names?.jobs[id - 1] ?? String(id);
  return /[",\r\n]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name;
}
