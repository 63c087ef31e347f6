import type { Jobs } from '../jobs.ts';
import { standardJobs } from '../standard-filter.ts';
import { simulateConservative } from './pyss-conservative.ts';
import { simulateEasy } from './pyss-easy.ts';
import { type Backfill, refusal, type Semantics } from './semantics.ts';

interface Policy {
  /** What it is; to name it with `--backfill` changes nothing. */
  readonly backfill: Backfill;
  readonly simulate: (jobs: Jobs, machine: number) => Float64Array;
}

const policies: ReadonlyMap<string, Policy> = new Map(
  Object.entries<Policy>({
    fcfs: { backfill: 'none', simulate: (jobs, machine) => simulateEasy(jobs, machine, { backfill: 'none' }) },
    easy: { backfill: 'easy', simulate: easy },
    'easy-sjbf': { backfill: 'easy', simulate: easySjbf },
    'easy-clairvoyant': { backfill: 'easy', simulate: (jobs, machine) => easy(clairvoyant(jobs), machine) },
    'easy-sjbf-clairvoyant': { backfill: 'easy', simulate: (jobs, machine) => easySjbf(clairvoyant(jobs), machine) },
    conservative: { backfill: 'conservative', simulate: simulateConservative },
  }),
);

/**
 * The event loop of the simulator of Gaussier, Glesser, Reis and Trystram, so that its published schedules come out job by job. It shares
 * nothing with the live core.
 * @see Improving backfilling by using machine learning to predict running times, SC'15
 */
export const pyss: Semantics = { name: 'pyss', load: standardJobs, choose };

function choose(name: string, backfill: Backfill | undefined): ReturnType<Semantics['choose']> {
  const policy = policies.get(name);
  if (policy === undefined) return refusal(`pyss has no policy ${name}; it has ${[...policies.keys()].join(', ')}`);
  const choice = { kind: 'choice', policy: name, backfill: backfill ?? policy.backfill } as const;
  if (choice.backfill === policy.backfill) return { ...choice, simulate: (jobs, machine) => ({ starts: policy.simulate(jobs, machine) }) };
  if (name === 'fcfs' && backfill === 'easy') return { ...choice, simulate: (jobs, machine) => ({ starts: easy(jobs, machine) }) };
  const own = [...policies].map(([each, { backfill: its }]) => `${each} (${its})`);
  return refusal(`pyss has no ${name} with --backfill ${backfill}; it has ${own.join(', ')}, and fcfs with easy`);
}

function easy(jobs: Jobs, machine: number): Float64Array {
  return simulateEasy(jobs, machine, { backfill: 'queue-order' });
}

function easySjbf(jobs: Jobs, machine: number): Float64Array {
  return simulateEasy(jobs, machine, { backfill: 'shortest-first' });
}

/** Every user knows how long the job will run. */
function clairvoyant(jobs: Jobs): Jobs {
  return { ...jobs, estimate: jobs.run };
}
