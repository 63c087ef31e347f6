import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CliResult, trx } from '../../helpers/cli.ts';
import { swfLine } from '../../helpers/traces.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trx-cli-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Two processors: the second job waits for the first, the third could go beside it. */
const lines = [
  '; MaxProcs: 2',
  swfLine({ id: 1, submit: 0, run: 100, estimate: 100 }),
  swfLine({ id: 2, submit: 10, run: 50, estimate: 50, allocated: 2, requested: 2 }),
  swfLine({ id: 4, submit: 20, run: 0 }),
  swfLine({ id: 3, submit: 20, run: 10, estimate: 20 }),
];

function aTrace(content: string | Uint8Array = `${lines.join('\n')}\n`, name = 'small.swf'): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const replay = (...flags: readonly string[]) => trx(['replay', '--trace', aTrace(), ...flags]);
const pyss = (...flags: readonly string[]) => replay('--semantics', 'pyss', ...flags);
const json = ({ out }: CliResult) => JSON.parse(out);

describe('trx replay --json', () => {
  it('prints the documented object and nothing else', async () => {
    const result = await pyss('--policy', 'fcfs,easy', '--json');
    expect(result.code).toBe(0);
    expect(result.out.trimEnd().split('\n')).toHaveLength(1);
    const report = json(result);
    expect(report).toMatchObject({
      trace: 'small.swf',
      procs: 2,
      semantics: 'pyss',
      jobs_read: 4,
      jobs_kept: 3,
      dropped: { run_not_positive: 1 },
      estimates: 'user',
      parse_ms: 1,
    });
    expect(report.policies).toHaveLength(2);
    // Starts 0, 100, 150 and 0, 100, 20.
    expect(report.policies[0]).toMatchObject({
      policy: 'fcfs',
      backfill: 'none',
      jobs: 3,
      mean_wait_s: 220 / 3,
      max_wait_s: 130,
      mean_bounded_slowdown: (1 + 140 / 50 + 140 / 10) / 3,
      max_bounded_slowdown: 14,
      p50: { wait_s: 90, bounded_slowdown: 2.8 },
      makespan_s: 160,
      utilisation_last_end: 210 / 320,
      utilisation_last_start: 210 / 300,
      cost: 210 / 3_600,
      elapsed_ms: 1,
      jobs_per_s: 3_000,
      windows: [],
    });
    expect(report.policies[1]).toMatchObject({ policy: 'easy', backfill: 'easy', max_wait_s: 90, makespan_s: 150 });
    expect(Object.keys(report.policies[0])).toEqual(expect.arrayContaining(['rms_bounded_slowdown', 'p95', 'p99', 'fairness_jain']));
  });

  it('gives sums, maxima and means over windows, and each window', async () => {
    const { policies } = json(await pyss('--policy', 'fcfs', '--window', '0:2', '1:2', '--window', '2:1', '--json'));
    const [{ windows, ...all }] = policies;
    expect(windows).toMatchObject([
      { start: 0, count: 2, jobs: 2, mean_wait_s: 45, max_wait_s: 90 },
      { start: 1, count: 2, jobs: 2, mean_wait_s: 20, max_wait_s: 40 },
      { start: 2, count: 1, jobs: 1, mean_wait_s: 0, max_wait_s: 0 },
    ]);
    expect(all).toMatchObject({ jobs: 5, mean_wait_s: 65 / 3, max_wait_s: 90, elapsed_ms: 3 });
  });

  it('has the plain figures for a window of the whole list', async () => {
    const [plain] = json(await pyss('--policy', 'easy', '--json')).policies;
    const [{ windows, ...windowed }] = json(await pyss('--policy', 'easy', '--window', '0:3', '--json')).policies;
    expect({ ...windowed, windows: [] }).toEqual(plain);
    expect(windows[0]).toMatchObject({ start: 0, count: 3 });
  });

  it('does not depend on the order of the policies, and is the same twice', async () => {
    const one = json(await pyss('--policy', 'easy', '--policy', 'conservative', '--repeat', '3', '--json')).policies;
    const other = json(await pyss('--policy', 'conservative,easy', '--json')).policies;
    expect(one).toEqual(other.toReversed());
  });

  it('takes rlscheduler with its own filter and backfilling', async () => {
    const report = json(await replay('--semantics', 'rlscheduler', '--policy', 'sjf,wfp3-real', '--backfill', 'rls', '--json'));
    expect(report).toMatchObject({ semantics: 'rlscheduler', jobs_kept: 3, dropped: { run_zero: 1 } });
    expect(report.policies).toMatchObject([
      { policy: 'sjf', backfill: 'rls' },
      { policy: 'wfp3-real', backfill: 'rls' },
    ]);
  });

  it('lets --procs win over the header', async () => {
    expect(json(await pyss('--policy', 'fcfs', '--procs', '4', '--json'))).toMatchObject({ procs: 4, policies: [{ max_wait_s: 0 }] });
    expect(json(await pyss('--policy', 'fcfs', '--procs', '1', '--json')).dropped).toEqual({ larger_than_machine: 1, run_not_positive: 1 });
  });

  it('reads gzip under any name', async () => {
    const trace = aTrace(gzipSync(lines.join('\n')), 'packed.swf');
    const report = json(await trx(['replay', '--trace', trace, '--semantics', 'pyss', '--policy', 'fcfs', '--json']));
    expect(report).toMatchObject({ trace: 'packed.swf', jobs_kept: 3 });
  });
});

describe('other sources of jobs', () => {
  const csv = ['task_id,submitted_at,tenant,slots,run_ms', '"a, b",1700000000000,acme,2,5000', 'c,1700000001000,acme,2,5000'].join('\n');

  it('are tasks as CSV, with the names of the file', async () => {
    const trace = aTrace(csv, 'tasks.csv');
    const starts = join(folder, 'starts.csv');
    const flags = ['--semantics', 'pyss', '--policy', 'fcfs', '--procs', '2', '--jobs-csv', starts, '--json'];
    const report = json(await trx(['replay', '--trace', trace, ...flags]));
    expect(report).toMatchObject({ trace: 'tasks.csv', estimates: 'run', policies: [{ max_wait_s: 4 }] });
    expect(readFileSync(starts, 'utf8')).toBe('job_id,start\n"a, b",0\nc,5\n');
  });

  it('need --procs where no header says how large the machine is', async () => {
    const trace = aTrace(csv, 'tasks.csv');
    const { code, err } = await trx(['replay', '--trace', trace, '--semantics', 'pyss', '--policy', 'fcfs']);
    expect(code).toBe(1);
    expect(err).toContain('--procs');
  });

  it('are generators, and the seed decides', async () => {
    const flags = ['--jobs', '500', '--load', '0.7', '--procs', '32', '--semantics', 'pyss', '--policy', 'easy', '--json'];
    const run = async (seed: string) => json(await trx(['replay', '--generate', 'lublin', '--seed', seed, ...flags]));
    const report = await run('3');
    expect(report).toMatchObject({ trace: 'lublin, 500 jobs, load 0.7, seed 3', procs: 32, jobs_kept: 500, parse_ms: 0 });
    expect(await run('3')).toEqual(report);
    expect((await run('4')).policies).not.toEqual(report.policies);
  });

  it.each([
    ['none', [], /one of --trace FILE, --generate PATTERN and --history/],
    ['both', ['--trace', 'x', '--generate', 'lublin'], /one of --trace FILE, --generate PATTERN and --history/],
    ['an unknown pattern', ['--generate', 'chaos', '--procs', '4'], /steady, poisson, burst, diurnal, spike, lublin/],
    ['a machine of unknown size', ['--generate', 'lublin'], /--generate needs --procs/],
    ['no load', ['--generate', 'lublin', '--procs', '4', '--load', '0'], /--load 0/],
    ['no jobs', ['--generate', 'lublin', '--procs', '4', '--jobs', '0'], /--jobs 0/],
  ])('(%s) end with 2', async (_, flags, message) => {
    const { code, out, err } = await trx(['replay', '--semantics', 'pyss', '--policy', 'fcfs', ...flags]);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(message);
  });
});

describe('trx replay for people', () => {
  it('prints a table with maxima beside the means, and the notes apart', async () => {
    const { code, out, err } = await pyss('--policy', 'fcfs,easy', '--window', '0:2', '1:2');
    expect(code).toBe(0);
    expect(out).toContain('small.swf on 2 processors, semantics pyss');
    expect(out).toContain('3 of 4 jobs (dropped: 1 run not positive)');
    const rows = out.trimEnd().split('\n').slice(3);
    expect(rows.map((row) => row.trim().split(/ {2,}/)[0])).toEqual([
      'policy',
      expect.stringMatching(/^-+$/),
      'fcfs',
      '0:2',
      '1:2',
      'easy',
      '0:2',
      '1:2',
    ]);
    expect(rows[2]?.trim().split(/ {2,}/).slice(0, 6)).toEqual(['fcfs', 'none', '4', '32.5', '61.8', '90']);
    expect(err).toBe('line 4: dropped, its run time is not positive\n');
  });

  it('shows progress on a terminal and takes it away again', async () => {
    const { err, out } = await trx(['replay', '--trace', aTrace(), '--semantics', 'pyss', '--policy', 'fcfs', '--repeat', '200'], {
      terminal: true,
    });
    expect(err).toContain('/200 fcfs');
    expect(err.endsWith('\r\u001b[K')).toBe(true);
    expect(out).not.toContain('\u001b');
  });
});

describe('--jobs-csv', () => {
  const csvOf = async (...flags: readonly string[]) => {
    const path = join(folder, 'starts.csv');
    expect((await pyss('--policy', 'easy', '--jobs-csv', path, ...flags)).code).toBe(0);
    return readFileSync(path, 'utf8');
  };

  it('has one row per kept job in the order of the ids', async () => {
    expect(await csvOf()).toBe('job_id,start\n1,0\n2,100\n3,20\n');
  });

  it('says with windows which one, by index', async () => {
    expect(await csvOf('--window', '1:2', '0:1')).toBe('window,job_id,start\n0,2,10\n0,3,60\n1,1,0\n');
  });

  it('that cannot be written is a failure, with nothing on standard output', async () => {
    const { code, out, err } = await pyss('--policy', 'easy', '--jobs-csv', join(folder, 'no', 'starts.csv'));
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain('cannot be written');
  });
});

describe('a trace that cannot be used', () => {
  it.each([
    ['a short line', '; MaxProcs: 2\n1 2 3\n', /line 2: .*has 3/],
    ['a word for a number', `; MaxProcs: 2\n${swfLine({ id: 1, run: 'long' })}\n`, /line 2: field 4 is "long"/],
    ['no machine size', swfLine({ id: 1 }), /--procs/],
    ['no job', '; MaxProcs: 2\n', /holds no job/],
    ['no job that can run', `; MaxProcs: 2\n${swfLine({ id: 1, run: -1 })}\n`, /none of the 1 jobs/],
    ['broken gzip', Uint8Array.of(0x1f, 0x8b, 8, 0, 0), /cannot be read/],
  ])('(%s) ends with 1, says why, and prints nothing', async (_, content, message) => {
    const { code, out, err } = await trx(['replay', '--trace', aTrace(content), '--semantics', 'pyss', '--policy', 'fcfs', '--json']);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(message);
  });

  it('is one that is not there', async () => {
    const { code, err } = await trx(['replay', '--trace', join(folder, 'none.swf'), '--semantics', 'pyss', '--policy', 'fcfs']);
    expect(code).toBe(1);
    expect(err).toMatch(/none\.swf cannot be read/);
  });

  it('is one with a job that the published loop cannot run', async () => {
    const { code, err } = await replay('--semantics', 'rlscheduler', '--policy', 'fcfs', '--procs', '1');
    expect(code).toBe(1);
    expect(err).toMatch(/line 3: job 2 asks for 2 processors/);
  });
});

describe('what cannot be meant', () => {
  it.each([
    ['an unknown policy', ['--semantics', 'pyss', '--policy', 'quickest'], /it has fcfs, easy/],
    ['a policy of another semantics', ['--semantics', 'rlscheduler', '--policy', 'easy'], /it has fcfs, sjf/],
    ['an unknown semantics', ['--semantics', 'slurm', '--policy', 'fcfs'], /trx, pyss, rlscheduler/],
    ['no policy', ['--semantics', 'pyss'], /--policy/],
    ['an unknown backfilling', ['--semantics', 'pyss', '--policy', 'fcfs', '--backfill', 'some'], /none, easy, conservative, rls/],
    ['a backfilling the policy has not', ['--semantics', 'pyss', '--policy', 'easy', '--backfill', 'rls'], /fcfs with easy/],
    ['no processors', ['--semantics', 'pyss', '--policy', 'fcfs', '--procs', '0'], /--procs 0 is not a whole number from 1/],
    ['half a processor', ['--semantics', 'pyss', '--policy', 'fcfs', '--procs', '1.5'], /--procs 1.5/],
    ['no repetition', ['--semantics', 'pyss', '--policy', 'fcfs', '--repeat', '0'], /--repeat 0/],
    ['a seed that is no number', ['--semantics', 'pyss', '--policy', 'fcfs', '--seed', 'x'], /--seed x/],
    [
      'a flag of histories',
      ['--semantics', 'pyss', '--policy', 'fcfs', '--from', '2026-01-01T00:00:00Z', '--server', 'x'],
      /--from, --server can stand beside --history only/,
    ],
    [
      'a yardstick for another order',
      ['--policy', 'sjf', '--backfill', 'conservative'],
      /conservative with fcfs only; sjf has none and easy/,
    ],
    ['a window without a count', ['--semantics', 'pyss', '--policy', 'fcfs', '--window', '5'], /START:COUNT/],
    ['an empty window', ['--semantics', 'pyss', '--policy', 'fcfs', '--window', '0:0'], /START:COUNT/],
    ['a window beyond the end', ['--semantics', 'pyss', '--policy', 'fcfs', '--window', '2:2'], /positions 0 to 2/],
    [
      'starts of two policies',
      ['--semantics', 'pyss', '--policy', 'fcfs,easy', '--jobs-csv', 'x.csv'],
      /exactly one policy, and there are 2/,
    ],
    ['an unknown flag', ['--semantics', 'pyss', '--policy', 'fcfs', '--polcy', 'easy'], /Did you mean --policy/],
    ['a stray word', ['--semantics', 'pyss', '--policy', 'fcfs', 'easy'], /too many arguments/],
  ])('(%s) ends with 2, says what is accepted, and prints nothing', async (_, flags, message) => {
    const { code, out, err } = await replay(...flags);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(message);
  });
});

describe('trx', () => {
  it('lists commands and flags on request, on standard output', async () => {
    const program = await trx(['--help']);
    expect(program).toMatchObject({ code: 0, err: '' });
    expect(program.out).toContain('replay');
    const command = await trx(['replay', '--help']);
    expect(command).toMatchObject({ code: 0, err: '' });
    for (const word of ['--trace', '--policy', 'Examples', 'Exit codes', 'wfp3-real']) expect(command.out).toContain(word);
  });

  it('prints its version', async () => {
    expect((await trx(['--version'])).out).toMatch(/^\d+\.\d+\.\d+/);
  });

  it.each([[[]], [['replya']], [['--nonsense']]])('with %j ends with 2 and nothing on standard output', async (args) => {
    const { code, out, err } = await trx(args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).not.toBe('');
  });
});
