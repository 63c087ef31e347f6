import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Jobs } from '../../src/core/replay/jobs.ts';

/** What a test says of a job; the rest is filled in. Times in seconds. */
export interface JobFields {
  readonly submit: number;
  readonly run: number;
  readonly processors?: number;
  /** The run when left out. */
  readonly estimate?: number;
  readonly user?: number;
}

/** Jobs with the ids 1, 2, 3, ... */
export function aJobList(...jobs: readonly JobFields[]): Jobs {
  const column = (value: (job: JobFields, row: number) => number) => Float64Array.from(jobs, value);
  return {
    count: jobs.length,
    id: column((_, row) => row + 1),
    submit: column(({ submit }) => submit),
    run: column(({ run }) => run),
    processors: column(({ processors = 1 }) => processors),
    estimate: column(({ run, estimate = run }) => estimate),
    user: column(({ user = 1 }) => user),
    line: column((_, row) => row + 1),
  };
}

/** A line of a log, unknown where nothing is said. */
export function swfLine(fields: {
  readonly id: number;
  readonly submit?: number | string;
  readonly run?: number | string;
  readonly allocated?: number;
  readonly requested?: number;
  readonly estimate?: number;
  readonly user?: number;
}): string {
  const { id, submit = 0, run = 100, allocated = 1, requested = 1, estimate = 100, user = 1 } = fields;
  return [id, submit, -1, run, allocated, -1, -1, requested, estimate, -1, 1, user, -1, -1, -1, -1, -1, -1].join(' ');
}

export function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** The published logs are test data that is not ours to ship: a folder beside the repository, or the one that TRX_TRACES names. */
export const tracesFolder = process.env['TRX_TRACES'] ?? fileURLToPath(new URL('../../../shared/data/traces', import.meta.url));
export const kth = 'KTH-SP2-1996-2.swf';
export const sdsc = 'SDSC-SP2-1998-4.2-cln.first10k.swf';
export const lublin = 'lublin_256.swf';

export const hasTraces = [kth, sdsc, lublin].every((name) => existsSync(join(tracesFolder, name)));
export const whyNoTraces = 'skipped where TRX_TRACES names no folder with the published traces';

export function traceBytes(name: string): Uint8Array {
  return readFileSync(join(tracesFolder, name));
}
