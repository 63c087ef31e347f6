import { writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { createBiller } from '../../core/replay/billing.ts';
import { jobsCsv } from '../../core/replay/jobs-csv.ts';
import type { LoadedJobs } from '../../core/replay/loaded-jobs.ts';
import { parseTrace } from '../../core/replay/read-trace.ts';
import { reportOf } from '../../core/replay/report.ts';
import { type PolicyResult, runPolicy } from '../../core/replay/run-policy.ts';
import { machineSize } from '../../core/replay/swf-header.ts';
import type { Trace } from '../../core/replay/trace.ts';
import { TraceError } from '../../core/replay/trace-error.ts';
import type { Window } from '../../core/replay/windows.ts';
import { generateWorkload } from '../../core/replay/workload.ts';
import { packageVersion } from '../../package-version.ts';
import { failure, usageError } from '../cli-error.ts';
import type { CliIo } from '../io.ts';
import { showProgress } from '../progress.ts';
import { replayReportPage } from '../report/replay-report.ts';
import { commandOf, type ReplayChoices, type ReplayFlags, readChoices, type Source } from './choices.ts';
import { type LoadedCatalogue, readCatalogue, settingOf } from './read-catalogue.ts';
import { readTrace } from './read-trace.ts';
import { replayTable } from './table.ts';

/** `trx replay --trace`: reads, simulates, prints. @throws CliError */
export function replayTrace(flags: ReplayFlags, io: CliIo): void {
  const choices = readChoices(flags);
  try {
    const { name, trace, parseMs } = load(choices.source, io);
    const catalogue = choices.catalog === undefined ? undefined : readCatalogue(choices.catalog);
    const machine = machineOf(choices, trace, catalogue);
    const loaded = choices.semantics.load(trace, largestPool(machine, catalogue));
    const notes = [...trace.notes, ...loaded.notes, ...choices.choices.flatMap(({ note }) => note ?? [])];
    for (const note of notes) io.err(`${note}\n`);
    checkJobs(loaded, choices.windows);
    const results = simulate(choices, trace, loaded, machine, catalogue, io);
    const base = results[choices.base];
    if (base === undefined) throw new RangeError('no policy'); // the flags name at least one
    const { semantics, seed } = choices;
    const report = reportOf({ trace: name, machine, semantics: semantics.name, loaded, parseMs, notes, results, base, seed });
    if (choices.jobsCsv !== undefined) write(choices.jobsCsv, jobsCsv(base, loaded.names));
    if (choices.report !== undefined) {
      write(
        choices.report,
        replayReportPage({ report, results, base, seed, names: loaded.names, command: commandOf(flags), version: packageVersion() }),
      );
    }
    io.out(choices.json ? `${JSON.stringify(report)}\n` : replayTable(report));
  } catch (error) {
    throw error instanceof TraceError ? failure(error.message) : error;
  }
}

function load(source: Source, io: CliIo) {
  if (source.kind === 'generated') {
    const { pattern, jobs, load: share, seed } = source.options;
    return { name: `${pattern}, ${jobs} jobs, load ${share}, seed ${seed}`, trace: generateWorkload(source.options), parseMs: 0 };
  }
  const bytes = readTrace(source.path);
  const begin = io.nowMs();
  const trace = parseTrace(bytes);
  return { name: basename(source.path), trace, parseMs: io.nowMs() - begin };
}

/** A mean over nothing, or over a window cut short without a word, would be a wrong number. */
function checkJobs({ jobs, read }: LoadedJobs, windows: readonly Window[]): void {
  if (jobs.count === 0)
    throw new TraceError(read === 0 ? 'the trace holds no job' : `none of the ${read} jobs of the trace can be simulated`);
  for (const { start, count } of windows) {
    if (start + count <= jobs.count) continue;
    throw usageError(
      `--window ${start}:${count} ends after the last job: there are ${jobs.count}, at the positions 0 to ${jobs.count - 1}`,
    );
  }
}

/** A job runs on one pool: what fits none of them cannot run. */
function largestPool(machine: number, loaded: LoadedCatalogue | undefined): number {
  return loaded === undefined ? machine : Math.max(...loaded.catalogue.pools.map(({ capacity }) => capacity));
}

/** Pools are the machine: their capacities add up to it, or say what it is. */
function machineOf({ procs, semantics, choices }: ReplayChoices, { headers }: Trace, loaded: LoadedCatalogue | undefined): number {
  if (loaded === undefined) return machineSize(headers, procs);
  const { pools } = loaded.catalogue;
  if (pools.length > 1 && semantics.hasPools !== true)
    throw usageError(`${semantics.name} simulates one machine, and the catalogue has ${pools.length} pools`);
  const single = choices.find(({ isOneMachine }) => isOneMachine === true);
  if (pools.length > 1 && single !== undefined)
    throw usageError(`${single.policy} simulates one machine, and the catalogue has ${pools.length} pools`);
  const capacity = pools.reduce((sum, pool) => sum + pool.capacity, 0);
  const asked = procs ?? (headers.has('MaxProcs') || headers.has('MaxNodes') ? machineSize(headers) : capacity);
  if (asked !== capacity)
    throw usageError(`the pools of the catalogue have a capacity of ${capacity}, and the machine ${asked} processors`);
  return capacity;
}

function simulate(
  choices: ReplayChoices,
  trace: Trace,
  loaded: LoadedJobs,
  machine: number,
  catalogue: LoadedCatalogue | undefined,
  io: CliIo,
): PolicyResult[] {
  const { windows, repeat } = choices;
  const { jobs, homeOf } = loaded;
  const progress = showProgress(io, choices.choices.length * repeat * Math.max(1, windows.length));
  const options = { jobs, machine, windows, repeat, nowMs: io.nowMs, onPartDone: progress.step };
  const billed =
    catalogue === undefined
      ? options
      : { ...options, bill: createBiller(catalogue.billing, homeOf), setting: settingOf(catalogue, (id) => trace.tasks?.[id - 1]) };
  try {
    return choices.choices.map((choice) => {
      progress.say(choice.policy);
      return runPolicy(choice, billed);
    });
  } finally {
    progress.end();
  }
}

function write(path: string, text: string): void {
  try {
    writeFileSync(path, text);
  } catch (error) {
    throw failure(`${path} cannot be written: ${error instanceof Error ? error.message : error}`);
  }
}
