/** `npm run bench -- NAME [--json] [--rounds N] ...`: measures ours beside its baselines, in turns, on this machine, now. */
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import Database from 'better-sqlite3';
import { benches } from './benches/all.ts';
import { build } from './lib/build.ts';
import { profileInto } from './lib/child.ts';
import { loadGenerator } from './lib/load.ts';
import { tableOf } from './lib/table.ts';
import type { Metric } from './metric.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '5' },
    tasks: { type: 'string' },
    seconds: { type: 'string' },
    large: { type: 'boolean', default: false },
    strategy: { type: 'string' },
    profile: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
const [name] = positionals;
const bench = benches.find((candidate) => candidate.name === name);

if (bench === undefined || values.help) {
  if (name !== undefined && bench === undefined) console.error(`There is no bench ${name}.`);
  console.log(usage());
  process.exitCode = name === undefined || values.help ? 0 : 2;
} else {
  build();
  if (values.profile !== undefined) profileInto(values.profile);
  console.error(machine());
  const { tasks, seconds } = values;
  const metrics = await bench.run({
    rounds: atLeastOne('rounds', values.rounds),
    tasks: tasks === undefined ? undefined : atLeastOne('tasks', tasks),
    seconds: seconds === undefined ? undefined : atLeastOne('seconds', seconds),
    large: values.large,
    strategies: values.strategy?.split(','),
  });
  console.log(values.json ? metrics.map(lineOf).join('\n') : tableOf(metrics));
}

function usage(): string {
  const width = Math.max(...benches.map((one) => one.name.length));
  return [
    'npm run bench -- NAME [options]',
    '',
    ...benches.map((one) => `  ${one.name.padEnd(width)}  ${one.summary}`),
    '',
    '  --json         one line of JSON per metric instead of a table',
    '  --rounds N     interleaved rounds, 5 when left out',
    '  --tasks N      tasks of one run, where a bench works on a number of them',
    '  --seconds N    length of one run, where a bench works for a time',
    '  --strategy S   for decide: names separated by commas, or all; one of each class and learned when left out',
    '  --large        also the sizes that take minutes and gigabytes',
    '  --profile DIR  leave CPU profiles of the measured processes there',
  ].join('\n');
}

function atLeastOne(option: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new RangeError(`--${option} must be a whole number from 1, and it was ${text}`);
  return value;
}

function machine(): string {
  const sqlite = new Database(':memory:').prepare('SELECT sqlite_version()').pluck().get();
  return `Node ${process.versions.node}, SQLite ${sqlite}, ${cpus().length} cores, load generator ${loadGenerator()}`;
}

/** The documented fields and no others: the table shows the spread. */
function lineOf({ bench: of, metric, value, unit, baseline, baseline_value, ratio }: Metric): string {
  return JSON.stringify({ bench: of, metric, value, unit, baseline, baseline_value, ratio });
}
