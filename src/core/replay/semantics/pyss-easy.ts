// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
import type { Jobs } from '../jobs.ts';
import { CandidateList } from './candidate-list.ts';
import { EventHeap } from './event-heap.ts';
import { rowsBySubmit } from './row-order.ts';
import { RunningEstimates } from './running-estimates.ts';

export interface EasyOptions {
  /** What overtakes the first of the queue: nothing, later jobs in queue order, or those with the shortest estimate first. */
  readonly backfill: 'none' | 'queue-order' | 'shortest-first';
}

/**
 * First come, first served, with or without EASY backfilling: whoever overtakes must not delay the first of the queue beyond its shadow
 * time, when enough processors are free by the estimates.
 *
 * Each submission and each termination is an event of its own with its own pass; at equal times submissions come first. A job counts as
 * running until it ends or its estimate has passed, whichever is first, so that at the very second of its estimated end its processors
 * are free already for what was submitted in that second.
 * @param jobs no estimate below its run, every job fits the machine
 * @returns start of each row
 */
export function simulateEasy(jobs: Jobs, machine: number, { backfill }: EasyOptions): Float64Array {
  const { count, submit, run, processors, estimate } = jobs;
  const fills = backfill !== 'none';
  const starts = new Float64Array(count);
  const queue = rowsBySubmit(jobs);
  const hasStarted = new Uint8Array(count);
  const candidates = new CandidateList(backfill === 'shortest-first');
  const running = new RunningEstimates();
  const ends = new EventHeap();
  const shadow = { time: 0, free: 0 };
  let free = machine;
  let arrived = 0;
  let waiting = 0;
  /** No place of the queue before this one waits. */
  let head = 0;

  for (;;) {
    const submitAt = arrived < count ? submit[queue[arrived]!]! : Number.POSITIVE_INFINITY;
    const endAt = ends.nextTime;
    if (submitAt > endAt) ended(ends.pop(), endAt);
    else if (arrived < count) submitted(queue[arrived++]!, submitAt);
    else return starts;
  }

  function submitted(row: number, now: number): void {
    free += running.dropUntil(now);
    const fits = processors[row]! <= free;
    if (fits && waiting === 0) {
      start(row, now);
      return;
    }
    waiting++;
    if (fills) candidates.add(row, processors[row]!, estimate[row]!);
    // Only plain first come, first served looks at the queue again when the newcomer cannot run.
    if (fits || !fills) pass(now);
  }

  function ended(row: number, now: number): void {
    free += running.dropUntil(now);
    free += running.drop(starts[row]! + estimate[row]!, row);
    pass(now);
  }

  function pass(now: number): void {
    while (waiting > 0) {
      while (hasStarted[queue[head]!] === 1) head++;
      const row = queue[head]!;
      if (processors[row]! > free) break;
      waiting--;
      if (fills) candidates.remove(row, estimate[row]!);
      start(row, now);
    }
    if (waiting >= 2 && fills) fillBehind(queue[head]!, now);
  }

  /** Shadow and extra are those of the moment before the first job is moved up. */
  function fillBehind(first: number, now: number): void {
    running.shadow(processors[first]!, free, shadow);
    const time = shadow.time - now;
    let extra = shadow.free - processors[first]!;
    // The first itself does not fit, so it is never found.
    for (let place = candidates.next(-1, free, time, extra); place !== -1; place = candidates.next(place, free, time, extra)) {
      const row = candidates.rowAt(place);
      if (estimate[row]! > time) extra -= processors[row]!;
      candidates.take(place);
      waiting--;
      start(row, now);
    }
  }

  function start(row: number, now: number): void {
    starts[row] = now;
    hasStarted[row] = 1;
    free -= processors[row]!;
    running.add(now + estimate[row]!, processors[row]!, row);
    ends.push(now + run[row]!, row);
  }
}
