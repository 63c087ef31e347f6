// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
import type { Jobs } from '../jobs.ts';
import { EventHeap } from './event-heap.ts';
import { FreeProfile } from './free-profile.ts';

/**
 * Backfilling rules that no strategy of the server has, at the instants of `trx`: all that happens in one is applied first, ends before
 * submissions, and then there is one pass. So their schedules differ from those of the server's strategies by the rule alone. They are
 * yardsticks: the decision core has no part in them.
 */
export type Yardstick = (jobs: Jobs, machine: number) => Float64Array;

const msPerS = 1_000;

/** What a rule sees. Times are whole milliseconds. */
interface Pass {
  readonly now: number;
  /** Rows in the order of their submission. */
  readonly waiting: readonly number[];
  start(row: number): void;
}

interface Rule {
  ended(row: number, now: number): void;
  pass(pass: Pass): void;
  /** When it must be asked again although nothing happens. */
  wakesAt?(waiting: readonly number[]): number;
}

interface Sizes {
  readonly run: Float64Array;
  readonly estimate: Float64Array;
  readonly processors: Float64Array;
}

/** EASY whose candidates are visited by their estimates, the shortest first; or as they came. */
export const easyYardstick = (order: 'shortest-first' | 'queue-order'): Yardstick =>
  walk((sizes, machine, starts) => {
    const { estimate, processors } = sizes;
    /** Rows by their estimated ends. */
    let running: number[] = [];
    let free = machine;
    const endOf = (row: number) => starts[row]! + estimate[row]!;
    return {
      ended(row) {
        running = running.filter((other) => other !== row);
        free += processors[row]!;
      },
      pass({ now, waiting, start }) {
        const begin = (row: number) => {
          start(row);
          free -= processors[row]!;
          const at = running.findIndex((other) => endOf(other) > endOf(row));
          running.splice(at === -1 ? running.length : at, 0, row);
        };
        let first = 0;
        while (first < waiting.length && processors[waiting[first]!]! <= free) begin(waiting[first++]!);
        const head = waiting[first];
        if (head === undefined) return;
        let { shadow, extra } = shadowOf(head);
        const others = waiting.slice(first + 1);
        if (order === 'shortest-first') others.sort((a, b) => estimate[a]! - estimate[b]!);
        for (const row of others) {
          if (processors[row]! > free) continue;
          if (now + estimate[row]! > shadow) {
            if (processors[row]! > extra) continue;
            extra -= processors[row]!;
          }
          begin(row);
        }
      },
    };

    /** When the head can start at the latest, and what is free beside it then. */
    function shadowOf(head: number): { shadow: number; extra: number } {
      let available = free;
      for (let i = 0; i < running.length; i++) {
        available += processors[running[i]!]!;
        const shadow = endOf(running[i]!);
        const isLastOfItsTime = i + 1 === running.length || endOf(running[i + 1]!) > shadow;
        if (isLastOfItsTime && available >= processors[head]!) return { shadow, extra: available - processors[head]! };
      }
      return { shadow: Number.POSITIVE_INFINITY, extra: 0 };
    }
  });

/** A booking for everybody who waits; at each instant all are booked anew, one by one in the order of their submission. */
export const conservativeYardstick: Yardstick = walk(({ estimate, processors }, machine, starts) => {
  const profile = new FreeProfile(machine);
  const booked = new Map<number, number>();
  return {
    ended(row, now) {
      const end = starts[row]! + estimate[row]!;
      if (end > now) profile.take(now, end, -processors[row]!);
    },
    pass({ now, waiting, start }) {
      profile.trim(now);
      for (const row of waiting) {
        const before = booked.get(row);
        const at = profile.earliest(now, processors[row]!, estimate[row]!, before);
        if (at === before) continue;
        if (before !== undefined) profile.take(before, before + estimate[row]!, -processors[row]!);
        profile.take(at, at + estimate[row]!, processors[row]!);
        booked.set(row, at);
      }
      for (const row of waiting) {
        if (booked.get(row) !== now) continue;
        booked.delete(row);
        start(row);
      }
    },
    wakesAt: (waiting) => waiting.reduce((least, row) => Math.min(least, booked.get(row) ?? least), Number.POSITIVE_INFINITY),
  };
});

/** From instant to instant. */
function walk(ruleOf: (sizes: Sizes, machine: number, starts: Float64Array) => Rule): Yardstick {
  return (jobs, machine) => {
    const inMs = (column: Float64Array) => column.map((seconds) => Math.round(seconds * msPerS));
    const sizes: Sizes = { run: inMs(jobs.run), estimate: inMs(jobs.estimate), processors: jobs.processors };
    const submit = inMs(jobs.submit);
    const arrivals = Array.from(submit, (_, row) => row).sort((a, b) => submit[a]! - submit[b]! || jobs.id[a]! - jobs.id[b]!);
    const starts = new Float64Array(jobs.count).fill(Number.NaN);
    const ends = new EventHeap();
    const rule = ruleOf(sizes, machine, starts);
    let waiting: number[] = [];
    for (let next = 0; ; ) {
      const submitAt = next < arrivals.length ? submit[arrivals[next]!]! : Number.POSITIVE_INFINITY;
      const now = Math.min(submitAt, ends.nextTime, rule.wakesAt?.(waiting) ?? Number.POSITIVE_INFINITY);
      if (now === Number.POSITIVE_INFINITY) return starts.map((ms) => ms / msPerS);
      while (ends.nextTime <= now) rule.ended(ends.pop(), now);
      for (; next < arrivals.length && submit[arrivals[next]!]! <= now; next++) waiting.push(arrivals[next]!);
      let hasStarted = false;
      rule.pass({
        now,
        waiting,
        start(row) {
          starts[row] = now;
          ends.push(now + sizes.run[row]!, row);
          hasStarted = true;
        },
      });
      if (hasStarted) waiting = waiting.filter((row) => Number.isNaN(starts[row]!));
    }
  };
}
