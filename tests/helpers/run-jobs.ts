import type { TaskEntry } from '../../src/core/domain/task.ts';
import { createSchedulingCore, type PoolEntry, type SchedulingCore, type SchedulingOptions } from '../../src/core/scheduling/core.ts';
import type { Strategy } from '../../src/core/strategies/strategy.ts';
import { anEntry } from './scheduling.ts';

/** One job, in seconds: when it comes, how long it says it takes, slots, how long it takes. */
export type Job = readonly [submit: number, estimate: number, slots: number, actual: number];

export interface JobsOptions extends SchedulingOptions {
  readonly pools: readonly PoolEntry[];
  readonly strategy: Strategy;
  /** Fields of the task of a job. */
  readonly task?: (i: number) => Partial<TaskEntry>;
  /** After each instant's decisions; `starts` as far as it is known. */
  readonly after?: (core: SchedulingCore, nowS: number, starts: readonly (number | undefined)[]) => void;
}

/**
 * Plays jobs on a virtual clock and returns when each started and where. All that happens at one instant is told first, ends before
 * submits, then the core decides; it is also asked when it says that time alone may allow a start.
 */
export function runJobs(jobs: readonly Job[], options: JobsOptions): { starts: number[]; ends: number[]; pools: number[] } {
  const { pools, strategy, task = () => ({}), after = () => {}, ...rest } = options;
  const core = createSchedulingCore({ estimates: 'stated', ...rest });
  for (const pool of pools) core.setPool(pool);
  core.setStrategy(strategy, 1, 1, 0);
  const starts: (number | undefined)[] = jobs.map(() => undefined);
  const on: (number | undefined)[] = jobs.map(() => undefined);
  const open = new Set<number>();
  let now = 0;
  const endOf = (i: number) => (starts[i] ?? Number.NaN) + (jobs[i]?.[3] ?? 0);
  for (;;) {
    for (const i of [...open].filter((job) => endOf(job) <= now)) {
      open.delete(i);
      core.finish(i + 1, now * 1_000);
    }
    for (const [i, [submit, estimate, slots]] of jobs.entries()) {
      if (submit === now)
        core.submit(anEntry({ seq: i + 1, slots, estimateMs: estimate * 1_000, readyAt: submit * 1_000, region: null, ...task(i) }));
    }
    for (const { seq, poolId } of core.decide(now * 1_000)) {
      starts[seq - 1] = now;
      on[seq - 1] = poolId;
      open.add(seq - 1);
    }
    after(core, now, starts);
    const next = Math.min(
      ...[...open].map(endOf),
      ...jobs.map(([submit]) => submit).filter((submit) => submit > now),
      core.nextDueAt() / 1_000,
    );
    if (next === Number.POSITIVE_INFINITY) break;
    now = next;
  }
  const known = (values: readonly (number | undefined)[]) =>
    values.map((value, i) => {
      if (value === undefined) throw new Error(`job ${i + 1} never started`);
      return value;
    });
  return { starts: known(starts), ends: jobs.map((_, i) => endOf(i)), pools: known(on) };
}
