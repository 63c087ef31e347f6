import type { Outcome } from '../core/domain/attempt.ts';
import type { Ms } from '../core/domain/units.ts';
import type { Clock } from '../core/ports/clock.ts';
import { NodeApiError, type WireResult } from './node-api.ts';

/** Results of one request; a server takes as many as a node has slots. */
const mostPerReport = 256;
/** What ends so soon after another shares its request, and on the server its commits. */
const togetherMs: Ms = 4;
const firstPauseMs: Ms = 200;
const longestPauseMs: Ms = 5_000;

export interface Reporter {
  add(lease: string, outcome: Outcome): void;
  /** Results that were not answered yet. */
  readonly waiting: number;
  /** Settles when everything was answered. */
  empty(): Promise<void>;
  /** The session changed, or the server may be back: the pause before the next try is over, and what it kept it is told again. */
  retry(): void;
  /** Its task has ended: the server keeps its result no more. */
  forget(lease: string): void;
}

interface ReporterDeps {
  readonly clock: Clock;
  readonly random: () => number;
  readonly send: (results: readonly WireResult[]) => Promise<readonly { readonly lease: string; readonly status: number }[]>;
  readonly answered: (lease: string) => void;
  /** Whether more results may come at once, with so many waiting. */
  readonly worthWaiting: (waiting: number) => boolean;
  /** How often what the server keeps in its memory is told it again: one that was restarted has to hear it. */
  readonly againMs: () => Ms;
  /** The server does not know this node (any more). */
  readonly refused: (error: NodeApiError) => void;
}

/** Brings results to the server until it has answered each, one request at a time: what ends meanwhile shares the next. */
export function createReporter({ clock, random, send, answered, worthWaiting, againMs, refused }: ReporterDeps): Reporter {
  const results = new Map<string, Outcome>();
  /** Of parts whose task still runs: the server has them in its memory alone. */
  const kept = new Map<string, Outcome>();
  let callOffKept: (() => void) | undefined;
  let isSending = false;
  let pauseMs = firstPauseMs;
  let callOff = () => {};
  let callOffFlush: (() => void) | undefined;
  let waiters: (() => void)[] = [];

  function soon(): void {
    if (isSending) return;
    if (worthWaiting(results.size)) {
      callOffFlush ??= clock.after(togetherMs, start);
      return;
    }
    start();
  }

  function start(): void {
    callOffFlush?.();
    callOffFlush = undefined;
    if (isSending) return;
    isSending = true;
    clock.soon(() => void flush());
  }

  async function flush(): Promise<void> {
    try {
      while (results.size > 0) await sendSome();
      pauseMs = firstPauseMs;
      isSending = false;
      const woken = waiters;
      waiters = [];
      for (const wake of woken) wake();
    } catch (error) {
      if (error instanceof NodeApiError && (error.code === 'unknown_node' || error.code === 'node_replaced')) refused(error);
      callOff = clock.after(pauseMs * (0.5 + random()), retry);
      pauseMs = Math.min(longestPauseMs, pauseMs * 2);
    }
  }

  async function sendSome(): Promise<void> {
    const batch = [...results].slice(0, mostPerReport).map(([lease, outcome]) => ({ lease, outcome }));
    for (const { lease, status } of await send(batch)) {
      if (status === 202) keep(lease);
      else if (status === 413 || status === 422) results.set(lease, unfit(status));
      else {
        results.delete(lease);
        answered(lease);
      }
    }
  }

  function keep(lease: string): void {
    const outcome = results.get(lease);
    if (outcome === undefined) return;
    results.delete(lease);
    kept.set(lease, outcome);
    callOffKept ??= clock.after(againMs(), tellKept);
  }

  function tellKept(): void {
    callOffKept?.();
    callOffKept = undefined;
    for (const [lease, outcome] of kept) results.set(lease, outcome);
    kept.clear();
    if (results.size > 0) soon();
  }

  function retry(): void {
    callOff();
    callOff = () => {};
    isSending = false;
    tellKept();
  }

  return {
    add(lease, outcome) {
      results.set(lease, outcome);
      soon();
    },
    get waiting() {
      return results.size;
    },
    empty: () => (results.size === 0 && !isSending ? Promise.resolve() : new Promise((resolve) => waiters.push(resolve))),
    retry,
    forget(lease) {
      kept.delete(lease);
    },
  };
}

function unfit(status: number): Outcome {
  const [code, message] =
    status === 413 ? ['result_too_large', 'The server takes no result of that size.'] : ['bad_result', 'The server refused the result.'];
  return { kind: 'failed', code: code as string, message: message as string, retryable: false };
}
