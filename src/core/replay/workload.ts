// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
import { type ArrivalPattern, arrivalsOf, type WorkloadPattern } from '../domain/workload.ts';
import { drawNormal, drawZipf, type Uniform } from './draws.ts';
import { byDay, createLublin } from './lublin.ts';
import { createSeededRandom } from './seeded-random.ts';
import type { Trace } from './trace.ts';

export interface WorkloadOptions {
  readonly pattern: WorkloadPattern;
  readonly jobs: number;
  /** Processors. */
  readonly machine: number;
  /** Work by capacity between the first and the last submit, > 0: the arrivals are stretched to it. */
  readonly load: number;
  readonly seed: number;
}

const users = 40;
/** Most people ask for a round time well above what they need. @see Tsafrir, Etsion, Feitelson, Modeling user runtime estimates, JSSPP 2005 */
const roundEstimates = [300, 900, 1_800, 3_600, 7_200, 14_400, 28_800, 57_600, 86_400, 172_800];

/** A trace that depends on its options and nothing else: the same seed gives the same jobs. Times are whole seconds. */
export function generateWorkload({ pattern, jobs, machine, load, seed }: WorkloadOptions): Trace {
  const random = createSeededRandom(`workload ${seed}`);
  const part = (label: string): Uniform => random.fork(label).next;
  const { processors, run, arrivals } = pattern === 'lublin' ? parallelJobs(jobs, machine, part) : singleTasks(pattern, jobs, part);
  const submit = atLoad(arrivals, load, machine, processors, run);
  const [estimates, people] = [part('estimates'), part('people')];
  const ordinal = submit.map((_, row) => row + 1);
  return {
    headers: new Map([['MaxProcs', String(machine)]]),
    count: jobs,
    id: ordinal,
    submit: pattern === 'lublin' ? submit.map((time) => Math.max(0, Math.round(byDay(time)))) : submit.map(Math.round),
    run,
    allocated: processors,
    requested: processors,
    estimate: run.map((seconds) => estimateOf(seconds, estimates)),
    user: submit.map(() => drawZipf(people, users) + 1),
    line: ordinal,
    notes: [],
  };
}

interface Drawn {
  readonly processors: Float64Array;
  readonly run: Float64Array;
  /** In no unit yet. */
  readonly arrivals: Float64Array;
}

function parallelJobs(jobs: number, machine: number, part: (label: string) => Uniform): Drawn {
  const { size, run } = createLublin(machine, part('jobs'));
  const { gap } = createLublin(machine, part('arrivals'));
  const processors = Float64Array.from({ length: jobs }, size);
  let at = 0;
  const arrivals = Float64Array.from({ length: jobs }, (_, row) => {
    if (row > 0) at += gap();
    return at;
  });
  return { processors, run: processors.map(run), arrivals };
}

/** Tasks of one processor: run times of half a minute in the middle, a few of an hour. */
function singleTasks(pattern: ArrivalPattern, jobs: number, part: (label: string) => Uniform): Drawn {
  const random = part('jobs');
  const run = Float64Array.from({ length: jobs }, () => Math.max(1, Math.round(30 * Math.exp(1.5 * drawNormal(random)))));
  const input = {
    taskCount: jobs,
    distribution: 'random',
    regionBias: null,
    priorityRange: [5, 5],
    costRange: [1, 1],
    pattern,
    rate: 1,
    durationMs: jobs * 1_000,
    seed: 0,
  } as const;
  const tasks = arrivalsOf(input, { types: ['task'], regions: ['here'] }, part('arrivals'));
  return { processors: new Float64Array(jobs).fill(1), run, arrivals: Float64Array.from(tasks, ({ offsetMs }) => offsetMs) };
}

/** Stretches the arrivals so that the work offered is `load` of the machine. */
function atLoad(arrivals: Float64Array, load: number, machine: number, processors: Float64Array, run: Float64Array): Float64Array {
  const first = arrivals[0] ?? 0;
  const span = (arrivals.at(-1) ?? 0) - first;
  const work = run.reduce((sum, seconds, row) => sum + seconds * processors[row]!, 0);
  const factor = span === 0 ? 0 : work / (machine * load) / span;
  return arrivals.map((at) => (at - first) * factor);
}

function estimateOf(run: number, random: Uniform): number {
  const wanted = run * (1 + 4 * random());
  return roundEstimates.find((estimate) => estimate >= wanted) ?? Math.max(run, roundEstimates.at(-1) ?? 0);
}
