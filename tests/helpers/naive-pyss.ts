import type { Jobs } from '../../src/core/replay/jobs.ts';

/**
 * The rules of the `pyss` semantics as they are written down, without any of the shortcuts of the real one: events in one sorted list, free
 * processors added up from the running jobs whenever they are asked for, every waiting job looked at in every pass, every booking made anew.
 */
export interface NaiveOptions {
  readonly machine: number;
  readonly policy: 'fcfs' | 'easy' | 'easy-sjbf' | 'conservative';
  /** Of conservative: each booking as it is made. */
  readonly onBooking?: (row: number, at: number) => void;
}

const submission = 0;
const termination = 1;
const start = 2;

interface Event {
  readonly time: number;
  readonly kind: number;
  readonly number: number;
  readonly row: number;
}

interface State {
  readonly jobs: Jobs;
  readonly starts: (number | undefined)[];
  readonly ended: Set<number>;
  readonly queue: number[];
  readonly bookings: (number | undefined)[];
  readonly add: (time: number, kind: number, row: number) => void;
}

export function naivePyss(jobs: Jobs, options: NaiveOptions): number[] {
  const events: Event[] = [];
  let created = 0;
  const state: State = {
    jobs,
    starts: [],
    ended: new Set(),
    queue: [],
    bookings: [],
    add: (time, kind, row) => events.push({ time, kind, row, number: created++ }),
  };
  for (let row = 0; row < jobs.count; row++) state.add(jobs.submit[row]!, submission, row);
  while (events.length > 0) {
    events.sort((a, b) => a.time - b.time || a.kind - b.kind || a.number - b.number);
    const event = events.shift()!;
    if (event.kind === submission) state.queue.push(event.row);
    if (event.kind === termination) state.ended.add(event.row);
    if (options.policy === 'conservative') conservative(state, options, event);
    else if (needsPass(state, options, event)) pass(state, options, event.time);
  }
  return Array.from(state.starts, (at) => at!);
}

function freeAt({ jobs, starts, ended }: State, machine: number, now: number): number {
  let free = machine;
  starts.forEach((at, row) => {
    if (at !== undefined && !ended.has(row) && at + jobs.estimate[row]! > now) free -= jobs.processors[row]!;
  });
  return free;
}

function needsPass(state: State, { machine, policy }: NaiveOptions, { kind, row, time }: Event): boolean {
  return kind === termination || policy === 'fcfs' || state.jobs.processors[row]! <= freeAt(state, machine, time);
}

function begin({ jobs, starts, queue, add }: State, row: number, now: number): void {
  starts[row] = now;
  queue.splice(queue.indexOf(row), 1);
  add(now + jobs.run[row]!, termination, row);
}

function pass(state: State, { machine, policy }: NaiveOptions, now: number): void {
  const { jobs, queue, starts, ended } = state;
  while (queue.length > 0 && jobs.processors[queue[0]!]! <= freeAt(state, machine, now)) begin(state, queue[0]!, now);
  if (queue.length < 2 || policy === 'fcfs') return;
  let free = freeAt(state, machine, now);
  const needed = jobs.processors[queue[0]!]!;
  const running = starts.flatMap((at, row) => (at === undefined || ended.has(row) ? [] : [{ end: at + jobs.estimate[row]!, row }]));
  const ends = [...new Set(running.map(({ end }) => end))].filter((end) => end > now).sort((a, b) => a - b);
  const freeBy = (time: number) =>
    free + running.filter(({ end }) => end > now && end <= time).reduce((sum, { row }) => sum + jobs.processors[row]!, 0);
  const shadow = ends.find((end) => freeBy(end) >= needed)!;
  let extra = freeBy(shadow) - needed;
  const others = queue.slice(1);
  if (policy === 'easy-sjbf') others.sort((a, b) => jobs.estimate[a]! - jobs.estimate[b]!);
  for (const row of others) {
    const processors = jobs.processors[row]!;
    const endsInTime = now + jobs.estimate[row]! <= shadow;
    if (processors > free || !(endsInTime || processors <= extra)) continue;
    if (!endsInTime) extra -= processors;
    free -= processors;
    begin(state, row, now);
  }
}

function conservative(state: State, options: NaiveOptions, { kind, row, time }: Event): void {
  const { bookings, starts, queue } = state;
  if (kind === submission) book(state, options, row, time);
  if (kind === start && bookings[row] === time && starts[row] === undefined) begin(state, row, time);
  if (kind === termination) for (const waiting of [...queue]) book(state, options, waiting, time);
}

/** The first of all possible times: now and each at which something is planned to end. */
function book(state: State, { machine, onBooking }: NaiveOptions, row: number, now: number): void {
  const { jobs, starts, ended, bookings, add } = state;
  const planned = bookings.flatMap((at, other) =>
    at === undefined || other === row || ended.has(other) ? [] : [{ from: at, to: at + jobs.estimate[other]!, n: jobs.processors[other]! }],
  );
  const fits = (from: number) => {
    const to = from + jobs.estimate[row]!;
    const moments = [from, ...planned.map((each) => each.from).filter((at) => at > from && at < to)];
    const usedAt = (at: number) => planned.filter((each) => each.from <= at && at < each.to).reduce((sum, { n }) => sum + n, 0);
    return moments.every((at) => machine - usedAt(at) >= jobs.processors[row]!);
  };
  const candidates = [now, ...planned.map(({ to }) => to).filter((to) => to > now)].sort((a, b) => a - b);
  const at = candidates.find(fits)!;
  bookings[row] = at;
  if (starts[row] === undefined) add(at, start, row);
  onBooking?.(row, at);
}
