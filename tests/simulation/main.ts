import { parseArgs } from 'node:util';
import { type FaultKind, faultKinds } from './knobs.ts';
import { plantedBugs } from './planted-bugs.ts';
import { commandFor, shrink } from './shrink.ts';
import { type SimulationResult, simulate } from './simulate.ts';
import type { Tampering } from './tampering.ts';

const usage = `npm run sim -- --seed=N [--until=MS] [--trace] [--without=KIND,...] [--bug=ID]
npm run sim -- --seeds=COUNT [--from=N] [--bug=ID]

Runs the real engine on a virtual clock under the faults that each seed draws. Kinds: ${faultKinds.join(', ')}.
Planted bugs: ${plantedBugs.map((bug) => bug.id).join(', ')}.`;

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    seeds: { type: 'string' },
    from: { type: 'string', default: '1' },
    until: { type: 'string' },
    without: { type: 'string', default: '' },
    bug: { type: 'string' },
    trace: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const bug = plantedBugs.find(({ id }) => id === values.bug);
const plant = bug === undefined ? undefined : () => bug.plant();
const without = values.without.split(',').filter((kind): kind is FaultKind => faultKinds.some((known) => known === kind));

if (values.help || (values.bug !== undefined && bug === undefined) || (values.seed === undefined && values.seeds === undefined)) {
  console.log(usage);
  process.exitCode = values.help ? 0 : 64;
} else if (values.seed !== undefined) await runOne(Number(values.seed));
else await runMany(Number(values.from), Number(values.seeds));

async function runOne(seed: number): Promise<void> {
  const result = await simulate({
    seed,
    without,
    ...tampering(),
    ...(values.until === undefined ? {} : { untilMs: Number(values.until) }),
    ...(values.trace ? { trace: console.log } : {}),
  });
  tell(result);
  if (result.problems.length === 0) console.log(`seed ${seed}: nothing broken in ${describe([result])}`);
}

async function runMany(from: number, count: number): Promise<void> {
  const startedMs = performance.now();
  const results: SimulationResult[] = [];
  for (let seed = from; seed < from + count; seed++) {
    const result = await simulate({ seed, without, ...tampering() });
    results.push(result);
    if (result.problems.length === 0) continue;
    tell(result);
    const { smallest, without: off } = await shrink(result, without, plant);
    console.log(`  it takes: ${[...smallest.knobs.on].join(', ') || 'nothing more'}\n  ${commandFor(smallest, off, bug?.id)}`);
  }
  const seconds = (performance.now() - startedMs) / 1_000;
  const virtualS = results.reduce((sum, { atMs }) => sum + atMs, 0) / 1_000;
  const failed = results.filter(({ problems }) => problems.length > 0).length;
  console.log(`${count} seeds, ${failed} failed; ${describe(results)}`);
  console.log(`${(count / seconds).toFixed(1)} seeds/s, ${Math.round(virtualS / seconds)} x real time, ${seconds.toFixed(1)} s`);
}

function tampering(): { tampering?: Tampering } {
  return plant === undefined ? {} : { tampering: plant() };
}

function tell(result: SimulationResult): void {
  if (result.problems.length === 0) return;
  process.exitCode = 1;
  console.log(`seed ${result.seed} failed at ${Math.ceil(result.atMs)} ms`);
  for (const { rule, message } of result.problems.slice(0, 10)) console.log(`  ${rule}: ${message}`);
  console.log(`  ${commandFor(result, without, bug?.id)}`);
}

function describe(results: readonly SimulationResult[]): string {
  const sum = (of: (result: SimulationResult) => number) => results.reduce((total, result) => total + of(result), 0);
  return `${sum((r) => r.events)} events, ${sum((r) => r.tasks)} acknowledged tasks, ${sum((r) => r.rows)} log rows, ${sum((r) => r.starts)} starts`;
}
