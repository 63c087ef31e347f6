import { workloadPatterns } from '../../core/domain/workload.ts';
import { allSemantics } from '../../core/replay/semantics/all.ts';
import { type Backfill, backfills, type Choice, type Semantics } from '../../core/replay/semantics/semantics.ts';
import type { Window } from '../../core/replay/windows.ts';
import type { WorkloadOptions } from '../../core/replay/workload.ts';
import { usageError } from '../cli-error.ts';

/** The flags of `trx replay` as they were typed. */
export interface ReplayFlags {
  readonly trace?: string;
  readonly generate?: string;
  readonly jobs: string;
  readonly load: string;
  readonly policy: readonly string[];
  readonly semantics: string;
  readonly procs?: string;
  readonly backfill?: string;
  readonly window?: readonly string[];
  readonly repeat: string;
  readonly base?: string;
  readonly seed: string;
  readonly catalog?: string;
  readonly jobsCsv?: string;
  readonly report?: string;
  readonly json?: true;
  readonly history?: true;
  readonly from?: string;
  readonly to?: string;
  readonly server?: string;
}

/** Where the jobs come from. */
export type Source = { readonly kind: 'file'; readonly path: string } | { readonly kind: 'generated'; readonly options: WorkloadOptions };

/** What they mean. */
export interface ReplayChoices {
  readonly source: Source;
  readonly semantics: Semantics;
  readonly choices: readonly Choice[];
  /** Index in `choices` of what the others are compared with. */
  readonly base: number;
  /** Processors; `undefined`: the trace knows. */
  readonly procs: number | undefined;
  readonly windows: readonly Window[];
  readonly repeat: number;
  readonly seed: number;
  readonly catalog: string | undefined;
  readonly jobsCsv: string | undefined;
  readonly report: string | undefined;
  readonly json: boolean;
}

/** @throws CliError (usage) that lists what is accepted */
export function readChoices(flags: ReplayFlags): ReplayChoices {
  refuseHistoryFlags(flags);
  const semantics = semanticsNamed(flags.semantics);
  const backfill = flags.backfill === undefined ? undefined : backfillNamed(flags.backfill);
  const choices = flags.policy.map((policy) => choose(semantics, policy, backfill));
  if (flags.jobsCsv !== undefined && choices.length !== 1) {
    throw usageError(`--jobs-csv needs exactly one policy, and there are ${choices.length}`);
  }
  const procs = flags.procs === undefined ? undefined : wholeNumber('--procs', flags.procs, 1);
  const seed = wholeNumber('--seed', flags.seed, 0);
  return {
    source: sourceOf(flags, procs, seed),
    semantics,
    choices,
    base: baseOf(flags),
    procs,
    windows: (flags.window ?? []).flatMap((value) => value.split(',')).map(windowOf),
    repeat: wholeNumber('--repeat', flags.repeat, 1),
    seed,
    catalog: flags.catalog,
    jobsCsv: flags.jobsCsv,
    report: flags.report,
    json: flags.json === true,
  };
}

/** What means something for a server's history only must not be passed over. */
function refuseHistoryFlags({ from, to, server }: ReplayFlags): void {
  const given = Object.entries({ '--from': from, '--to': to, '--server': server }).filter(([, value]) => value !== undefined);
  if (given.length > 0) throw usageError(`${given.map(([flag]) => flag).join(', ')} can stand beside --history only`);
}

function sourceOf({ trace, generate, jobs, load }: ReplayFlags, procs: number | undefined, seed: number): Source {
  if ((trace === undefined) === (generate === undefined))
    throw usageError('exactly one of --trace FILE, --generate PATTERN and --history is needed');
  if (trace !== undefined) return { kind: 'file', path: trace };
  const pattern = workloadPatterns.find((each) => each === generate);
  if (pattern === undefined) throw usageError(`there is no --generate ${generate}; there are ${workloadPatterns.join(', ')}`);
  if (procs === undefined) throw usageError('--generate needs --procs: how many processors the machine has');
  const share = Number(load);
  if (!(share > 0 && share <= 10)) throw usageError(`--load ${load} is not a number above 0 and up to 10`);
  return { kind: 'generated', options: { pattern, jobs: wholeNumber('--jobs', jobs, 1), machine: procs, load: share, seed } };
}

function semanticsNamed(name: string): Semantics {
  const found = allSemantics.find((each) => each.name === name);
  if (found !== undefined) return found;
  const has = allSemantics.map((each) => each.name).join(', ');
  throw usageError(`there is no --semantics ${name}; there are ${has}`);
}

function backfillNamed(name: string): Backfill {
  const found = backfills.find((each) => each === name);
  if (found !== undefined) return found;
  throw usageError(`there is no --backfill ${name}; there are ${backfills.join(', ')}`);
}

function choose(semantics: Semantics, policy: string, backfill: Backfill | undefined): Choice {
  const choice = semantics.choose(policy, backfill);
  if (choice.kind === 'refusal') throw usageError(choice.message);
  return choice;
}

/** `easy` is what the literature compares with. */
function baseOf({ policy, base }: ReplayFlags): number {
  if (base === undefined) return Math.max(0, policy.indexOf('easy'));
  if (policy.includes(base)) return policy.indexOf(base);
  throw usageError(`--base ${base} is not among the policies; there are ${policy.join(', ')}`);
}

function windowOf(text: string): Window {
  const [start = '', count = '', ...rest] = text.split(':');
  if (rest.length > 0 || !isWhole(start) || !isWhole(count) || Number(count) < 1) {
    throw usageError(`--window ${text} is not START:COUNT, such as 0:1024: a position from 0 and a number of jobs from 1`);
  }
  return { start: Number(start), count: Number(count) };
}

/** @throws CliError (usage) */
export function wholeNumber(flag: string, text: string, least: number): number {
  if (isWhole(text) && Number(text) >= least) return Number(text);
  throw usageError(`${flag} ${text} is not a whole number from ${least}`);
}

function isWhole(text: string): boolean {
  return /^\d+$/.test(text) && Number.isSafeInteger(Number(text));
}

/** What repeats a replay, to be pasted into a shell. */
export function commandOf(flags: ReplayFlags): string {
  const words = ['trx', 'replay'];
  const generated =
    flags.generate === undefined
      ? []
      : ([
          ['--generate', flags.generate],
          ['--jobs', flags.jobs],
          ['--load', flags.load],
        ] as const);
  for (const [flag, value] of [
    ['--trace', flags.trace],
    ...generated,
    ['--procs', flags.procs],
    ['--semantics', flags.semantics],
    ['--policy', flags.policy.join(',')],
    ['--backfill', flags.backfill],
    ['--catalog', flags.catalog],
    ['--base', flags.base],
    ['--seed', flags.seed],
  ] as const) {
    if (value !== undefined) words.push(flag, value);
  }
  if (flags.window !== undefined) words.push('--window', ...flags.window);
  return words.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(' ');
}
