import type { Outcome } from '../domain/attempt.ts';
import { priceOfRun } from '../domain/cost.ts';
import type { ExecutorName } from '../domain/pool.ts';
import { spendWindowOf } from '../domain/quota.ts';
import type { RetryPolicy } from '../domain/retry.ts';
import type { Task } from '../domain/task.ts';
import { verdictOf } from '../domain/verdict.ts';
import type { Clock } from '../ports/clock.ts';
import type { Executor } from '../ports/executor.ts';
import type { Random } from '../ports/random.ts';
import type { TaskStore } from '../ports/task-store.ts';
import type { TenantStore } from '../ports/tenant-store.ts';
import type { SchedulingCore } from '../scheduling/core.ts';
import { type Away, isRemote } from './adoption.ts';
import type { Backlog } from './backlog.ts';
import type { Catalogue } from './catalogue.ts';
import type { Deadlines } from './deadlines.ts';
import type { DependencyWatch } from './dependencies.ts';
import type { Due } from './due.ts';

/** Enough for the run times of every common pair of tenant and type and for what strategies learn, and read in some 20 ms. */
const runsRecalled = 10_000;

/** What ran there cost nothing that is still known. */
const gone = { costPerUnit: 0 };

const serverEnded: Outcome = { kind: 'lost', message: 'the server ended while the task ran' };

interface RecoveryDeps {
  readonly store: TaskStore & TenantStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly core: SchedulingCore;
  readonly catalogue: Catalogue;
  readonly backlog: Backlog;
  readonly due: Due;
  readonly dependencies: DependencyWatch;
  readonly deadlines: Deadlines;
  readonly executors: ReadonlyMap<ExecutorName, Executor>;
  readonly retry: RetryPolicy;
}

/**
 * What was running when the last server ended ran inside it, so it is lost: it is settled as such, in batches, before anything starts.
 * Where a cancel was requested it ends cancelled; where no attempt is left it fails with `lost`. What a pool of nodes had taken and no node
 * had got yet never began, and is released. What is `away` goes on.
 */
export async function settleLost(deps: RecoveryDeps, away: readonly Away[]): Promise<number> {
  const { store, clock, random, catalogue, executors, retry } = deps;
  const goesOn = new Set(away.map(({ task }) => task.seq));
  const open = (await store.processing()).filter(({ task }) => !goesOn.has(task.seq));
  const at = clock.now();
  const namesOf = ({ pool, placement }: Task) => placement ?? [pool ?? ''];
  const neverBegan = (task: Task) => task.nodeId === null && namesOf(task).some((name) => isRemote(catalogue.pool(name), executors));
  const poolsOf = (task: Task) => namesOf(task).map((name) => catalogue.pool(name) ?? gone);
  await store.settleAttempts(
    open.map(({ task }) => ({
      seq: task.seq,
      attempt: task.attempt,
      at,
      durationMs: Math.max(0, at - (task.startedAt ?? at)),
      cost: neverBegan(task) ? 0 : priceOfRun(task.cost, poolsOf(task)),
      verdict: verdictOf(task, neverBegan(task) ? { kind: 'released' } : serverEnded, undefined, at, random.next(), retry),
    })),
  );
  return open.length;
}

/**
 * Teaches the core what it knew about run times and about what becomes of attempts. A pool that is gone counts as one of speed 1. What was
 * lost is left out: most of it was lost with a server, which says nothing of the pool.
 */
export async function recallRuns({ store, core, catalogue }: RecoveryDeps): Promise<void> {
  for (const { outcome, tenant, type, pool, runMs, slots, cost, statedMs, parts } of await store.recentRuns(runsRecalled)) {
    const known = catalogue.pool(pool);
    const speeds = (parts ?? [pool]).map((name) => catalogue.pool(name)?.speed ?? 1);
    const succeeded = outcome === 'succeeded';
    if (succeeded) core.remember(tenant, type, runMs * Math.min(...speeds), statedMs);
    if (known !== undefined && parts === null && outcome !== 'lost')
      core.recallOutcome({ type, poolId: known.id, slots, cost, succeeded, runMs });
  }
}

/** What tenants have spent in the windows that are not over, what was lost included: limits on spending go on where they stood. */
export async function recallSpend({ store, clock, core }: RecoveryDeps): Promise<void> {
  const now = clock.now();
  for (const { tenant, hour, amount } of await store.spendSince(spendWindowOf('month', now).from))
    core.recallSpend(tenant, hour, amount, now);
}

/** Fills the memory index from the rows: queue, timers, who waits for whom, deadlines. */
export async function rebuildQueue({ store, core, backlog, due, dependencies, deadlines }: RecoveryDeps): Promise<void> {
  await store.eachWaiting((entry, dueAt, dependsOn) => {
    backlog.enter(entry);
    if (dependsOn !== null) dependencies.watch({ ...entry, dueAt, dependsOn });
    else if (dueAt === null) core.submit(entry);
    else due.delay(entry.seq, dueAt, entry.attempt > 0);
    if (entry.deadline !== null) deadlines.watch(entry, entry.deadline);
  });
}
