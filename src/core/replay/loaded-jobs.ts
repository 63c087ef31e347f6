// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.

import { type Jobs, pickJobs } from './jobs.ts';
import { createLineTally, type LineTally } from './line-tally.ts';
import type { TraceNames } from './trace.ts';

/** A trace after the filter of its semantics. Nothing leaves it unseen: `dropped` counts, `notes` say why and where. */
export interface LoadedJobs {
  readonly jobs: Jobs;
  readonly read: number;
  /** Causes that occurred, with their counts; a job counts once, under the first that fits. */
  readonly dropped: Readonly<Record<string, number>>;
  /** `user`: as the trace has them. `run`: it has none, the run times stand for them. */
  readonly estimates: 'user' | 'run';
  readonly notes: readonly string[];
  /** What ids and users stand for, where the trace has names. */
  readonly names?: TraceNames;
  /** Where a job comes from, by its id; `undefined`: nowhere in particular. */
  readonly homeOf: (id: number) => string | undefined;
}

/** What makes a job unfit, in words: the key is its name in `dropped`. */
export type DropCauses = Readonly<Record<string, string>>;

/** Gathers the rows that stay and the reasons of those that do not. */
export function createSieve<Causes extends DropCauses>(causes: Causes) {
  const rows: number[] = [];
  const tallies = new Map<string, LineTally>();
  return {
    keep(row: number): void {
      rows.push(row);
    },
    drop(cause: keyof Causes & string, line: number): void {
      const tally = tallies.get(cause) ?? createLineTally();
      tallies.set(cause, tally);
      tally.add(line);
    },
    dropped: () => Object.fromEntries([...tallies].map(([cause, tally]) => [cause, tally.count])),
    notes: () => [...tallies].map(([cause, tally]) => `${tally.text()}: dropped, ${causes[cause]}`),
    /** The kept rows of `jobs`, in the order of the ids; lines decide between equal ones. */
    sorted(jobs: Jobs): Jobs {
      return pickJobs(
        jobs,
        rows.sort((a, b) => jobs.id[a]! - jobs.id[b]! || a - b),
      );
    },
  };
}

/** One sentence when ids repeat: output by id is then ambiguous. `jobs` is in the order of the ids. */
export function repeatedIds(jobs: Jobs): readonly string[] {
  const repeated = createLineTally();
  for (let row = 1; row < jobs.count; row++) if (jobs.id[row] === jobs.id[row - 1]) repeated.add(jobs.line[row]!);
  return repeated.count === 0 ? [] : [`${repeated.text()}: a job id that occurred before; both are kept`];
}
