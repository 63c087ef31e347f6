import type { Ms } from '../../domain/units.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Lease } from './lease.ts';
import type { Node, Poll } from './node.ts';

/** What a poll brings: work, and what to stop. Both empty: nothing happened in its time. */
export interface PollAnswer {
  readonly leases: readonly Lease[];
  readonly stops: readonly Lease[];
}

export interface PollOptions {
  /** Leases at once, >= 0; with 0 it only hears what to stop. */
  readonly most: number;
  /** How long it waits for something. */
  readonly waitMs: Ms;
  /** The node hung up: nothing may be given to a poll that nobody reads. */
  readonly signal: AbortSignal;
}

/** What there is to say to a node, now or when it comes up. One poll waits per node: a newer one ends it. */
export function poll(clock: Clock, node: Node, { most, waitMs, signal }: PollOptions): Promise<PollAnswer> {
  node.poll?.answer();
  if (hasNews(node, most) || waitMs === 0) return Promise.resolve(takeNews(node, most));
  return new Promise((resolve, reject) => {
    const end = () => {
      if (node.poll === mine) node.poll = undefined;
      callOff();
      signal.removeEventListener('abort', hangUp);
    };
    const answer = () => {
      end();
      resolve(takeNews(node, most));
    };
    const hangUp = () => {
      end();
      resolve(nothing);
    };
    const mine: Poll = {
      most,
      isToBeAnswered: false,
      answer,
      refuse(error: Error) {
        end();
        reject(error);
      },
    };
    const callOff = clock.after(waitMs, answer);
    signal.addEventListener('abort', hangUp, { once: true });
    node.poll = mine;
    if (signal.aborted) hangUp();
  });
}

/** Answers the poll that waits if there is something for it, with all that comes up in one go: claims of one COMMIT are one answer. */
export function tell(node: Node): void {
  const { poll } = node;
  if (poll === undefined || poll.isToBeAnswered || !hasNews(node, poll.most)) return;
  poll.isToBeAnswered = true;
  queueMicrotask(() => {
    poll.isToBeAnswered = false;
    if (node.poll === poll && hasNews(node, poll.most)) poll.answer();
  });
}

const nothing: PollAnswer = { leases: [], stops: [] };

function hasNews(node: Node, most: number): boolean {
  return node.stops.length > 0 || (node.outbox.length > 0 && most > 0);
}

function takeNews(node: Node, most: number): PollAnswer {
  const stops = node.stops.filter((lease) => lease.stage === 'delivered');
  node.stops = [];
  const leases = node.outbox.splice(0, most);
  for (const lease of leases) {
    lease.stage = 'delivered';
    lease.missed = 0;
    lease.attempt.away?.();
    lease.attempt.begun?.();
  }
  return { leases, stops };
}
