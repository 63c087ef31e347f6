// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
import type { Jobs } from '../jobs.ts';
import { TraceError } from '../trace-error.ts';
import { type RlschedulerPolicy, rlschedulerScores } from './rlscheduler-scores.ts';

export interface RlschedulerOptions {
  readonly policy: RlschedulerPolicy;
  /** Whether queued jobs may overtake a head that does not fit, by RLScheduler's own rule. */
  readonly backfill: boolean;
}

/**
 * The event loop of RLScheduler, so that its published table comes out cell by cell. A job reaches the queue only when the loop steps to it,
 * so the queue may hold fewer jobs than have arrived; and the head, once taken, stays the head until it has started.
 *
 * Queue and running list are sorted in place by stable sorts and keep their order in between: that decides ties, so it is done alike here.
 * @param jobs one window, in the order of the ids; the machine is empty before its first job
 * @returns start of each row
 * @throws TraceError when a job asks for no or too many processors, or has no score
 * @see Zhang, Dai, He, Bao, Xie, RLScheduler: an automated HPC batch job scheduler using reinforcement learning, SC'20
 */
export function simulateRlscheduler(jobs: Jobs, machine: number, { policy, backfill }: RlschedulerOptions): Float64Array {
  const { count, submit, run, processors, estimate } = jobs;
  checkProcessors(jobs, machine);
  const queueOrder = createQueueOrder(jobs, policy);
  const starts = new Float64Array(count);
  const queue: number[] = [];
  /** In the order of their starts, until a sort. */
  const running: number[] = [];
  const endOf = (row: number) => starts[row]! + run[row]!;
  const estimatedEndOf = (row: number) => starts[row]! + estimate[row]!;
  let free = machine;
  let now = submit[0] ?? 0;
  let arrived = 0;
  if (count > 0) queue.push(arrived++);

  while (queue.length > 0) {
    queueOrder.sort(queue, now);
    const head = queue[0]!;
    if (processors[head]! > free) waitFor(head);
    start(head);
    while (queue.length === 0 && arrived < count) step();
  }
  return starts;

  function waitFor(head: number): void {
    const reservedAt = backfill ? reservationOf(head) : Number.NaN;
    while (processors[head]! > free) {
      if (backfill) overtake(reservedAt);
      step();
    }
  }

  /** When enough processors are free by the estimates. Worked out once: jobs that overtake do not move it. */
  function reservationOf(head: number): number {
    running.sort((a, b) => estimatedEndOf(a) - estimatedEndOf(b));
    let freeThen = free;
    for (const row of running) {
      freeThen += processors[row]!;
      if (freeThen >= processors[head]!) return estimatedEndOf(row);
    }
    return now;
  }

  /** Starts what fits and ends before the reservation; there is no rule for processors the head leaves over. */
  function overtake(reservedAt: number): void {
    queue.sort((a, b) => submit[a]! - submit[b]!);
    for (const row of [...queue]) if (processors[row]! <= free && now + estimate[row]! < reservedAt) start(row);
  }

  function start(row: number): void {
    starts[row] = now;
    free -= processors[row]!;
    running.push(row);
    queue.splice(queue.indexOf(row), 1);
  }

  /** On to the next arrival or, if that is earlier, the next end: one job either way. */
  function step(): void {
    running.sort((a, b) => endOf(a) - endOf(b));
    const first = running[0];
    const nextEnd = first === undefined ? Number.POSITIVE_INFINITY : endOf(first);
    if (arrived < count && submit[arrived]! <= nextEnd) {
      now = Math.max(now, submit[arrived]!);
      queue.push(arrived++);
    } else if (first !== undefined) {
      now = Math.max(now, nextEnd);
      free += processors[first]!;
      running.shift();
    }
  }
}

/** Sorts by the policy's score, smallest first. A score that does not change is worked out once. */
function createQueueOrder(jobs: Jobs, policy: RlschedulerPolicy) {
  const { of, changesWithTime, thenBySubmit } = rlschedulerScores[policy];
  const scores = new Float64Array(jobs.count);
  const rescore = (row: number, now: number) => {
    const score = of(jobs, row, now);
    if (Number.isNaN(score)) throw noScore(jobs, row, policy);
    scores[row] = score;
  };
  if (!changesWithTime) for (let row = 0; row < jobs.count; row++) rescore(row, 0);
  const compare = (a: number, b: number) => order(scores[a]!, scores[b]!) || (thenBySubmit ? order(jobs.submit[a]!, jobs.submit[b]!) : 0);
  return {
    sort(queue: number[], now: number): void {
      if (changesWithTime) for (const row of queue) rescore(row, now);
      queue.sort(compare);
    },
  };
}

/** Not by a difference: scores may be infinite. */
function order(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function noScore({ id, line, submit, estimate }: Jobs, row: number, policy: string): TraceError {
  const why = `submitted at ${submit[row]} with an estimate of ${estimate[row]}`;
  return new TraceError(`${policy} gives no number for job ${id[row]}, ${why}; choose another policy or windows without it`, line[row]);
}

/** The published loop would wait for ever, or count free processors that are not there. */
function checkProcessors({ count, processors, id, line }: Jobs, machine: number): void {
  for (let row = 0; row < count; row++) {
    const asked = processors[row]!;
    if (Number.isInteger(asked) && asked > 0 && asked <= machine) continue;
    const what = `job ${id[row]} asks for ${asked} processors and the machine has ${machine}`;
    throw new TraceError(`${what}; this semantics drops no such job, so choose --procs or windows without it`, line[row]);
  }
}
