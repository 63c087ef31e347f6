// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
import type { Jobs } from '../jobs.ts';
import { EventHeap } from './event-heap.ts';
import { FreeProfile } from './free-profile.ts';
import { rowsBySubmit } from './row-order.ts';

/**
 * Conservative backfilling: every job gets a booking when it is submitted, and all that wait are booked anew, one by one in the order of
 * their submission, whenever a job ends. A booking only ever moves forward.
 *
 * At equal times submissions come before terminations and both before starts. A job that moves gets a new start event; the old one is
 * stale. One that stays where it is keeps its event: a second one for the same time would find it started.
 * @param jobs no estimate below its run, every job fits the machine
 * @returns start of each row
 */
export function simulateConservative(jobs: Jobs, machine: number): Float64Array {
  const { count, submit, run, processors, estimate } = jobs;
  /** Bookings first, starts in the end. */
  const starts = new Float64Array(count);
  const hasStarted = new Uint8Array(count);
  const arrivals = rowsBySubmit(jobs);
  const profile = new FreeProfile(machine);
  const ends = new EventHeap();
  const bookings = new EventHeap();
  let waiting: number[] = [];
  let arrived = 0;
  /** Whether booking anew could move a job: after room came back, and after a round in which one moved out of the way of another. */
  let mayMove = false;

  for (;;) {
    const submitAt = arrived < count ? submit[arrivals[arrived]!]! : Number.POSITIVE_INFINITY;
    const endAt = ends.nextTime;
    const startAt = bookings.nextTime;
    if (submitAt <= endAt && submitAt <= startAt) {
      if (arrived === count) return starts;
      submitted(arrivals[arrived++]!, submitAt);
    } else if (endAt <= startAt) ended(ends.pop(), endAt);
    else due(bookings.pop(), startAt);
  }

  function submitted(row: number, now: number): void {
    profile.trim(now);
    waiting.push(row);
    book(row, profile.earliest(now, processors[row]!, estimate[row]!));
  }

  function ended(row: number, now: number): void {
    profile.trim(now);
    const estimatedEnd = starts[row]! + estimate[row]!;
    if (estimatedEnd > now) {
      profile.take(now, estimatedEnd, -processors[row]!);
      mayMove = true;
    }
    if (mayMove) bookAnew(now);
  }

  function bookAnew(now: number): void {
    mayMove = false;
    waiting = waiting.filter((row) => hasStarted[row] === 0);
    for (const row of waiting) {
      const booked = starts[row]!;
      const earlier = profile.earliest(now, processors[row]!, estimate[row]!, booked);
      if (earlier === booked) continue;
      profile.take(booked, booked + estimate[row]!, -processors[row]!);
      book(row, earlier);
      mayMove = true;
    }
  }

  function book(row: number, at: number): void {
    profile.take(at, at + estimate[row]!, processors[row]!);
    starts[row] = at;
    bookings.push(at, row);
  }

  /** A start event, perhaps of a booking that has moved. */
  function due(row: number, now: number): void {
    if (starts[row] !== now || hasStarted[row] === 1) return;
    hasStarted[row] = 1;
    ends.push(now + run[row]!, row);
  }
}
