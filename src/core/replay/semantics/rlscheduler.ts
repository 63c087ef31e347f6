import { rlschedulerJobs } from './rlscheduler-jobs.ts';
import { simulateRlscheduler } from './rlscheduler-loop.ts';
import { type RlschedulerPolicy, rlschedulerPolicies } from './rlscheduler-scores.ts';
import { type Backfill, refusal, type Semantics } from './semantics.ts';

/** The published simulator of RLScheduler: its loading, its event loop, its policies as coded and as meant. */
export const rlscheduler: Semantics = { name: 'rlscheduler', load: rlschedulerJobs, choose };

function choose(name: string, backfill: Backfill = 'none'): ReturnType<Semantics['choose']> {
  if (!isPolicy(name)) return refusal(`rlscheduler has no policy ${name}; it has ${rlschedulerPolicies.join(', ')}`);
  if (backfill !== 'none' && backfill !== 'rls') {
    return refusal(`rlscheduler has no --backfill ${backfill}; with each of its policies it has none and rls`);
  }
  const options = { policy: name, backfill: backfill === 'rls' };
  return { kind: 'choice', policy: name, backfill, simulate: (jobs, machine) => ({ starts: simulateRlscheduler(jobs, machine, options) }) };
}

function isPolicy(name: string): name is RlschedulerPolicy {
  return (rlschedulerPolicies as readonly string[]).includes(name);
}
