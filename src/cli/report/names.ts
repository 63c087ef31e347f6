import type { TraceNames } from '../../core/replay/trace.ts';

/** What to call jobs and users. */
export interface Names {
  readonly job: (id: number) => string;
  readonly user: (number: number) => string;
}

/** By name where the trace has names, else by number. */
export function namesOf(names: TraceNames | undefined): Names {
  return {
    job: (id) => names?.jobs[id - 1] ?? String(id),
    user: (number) => names?.users[number] ?? String(number),
  };
}
