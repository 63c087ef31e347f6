import type { Outcome } from '../domain/attempt.ts';
import { inputOf } from '../domain/dependency.ts';
import type { Clock } from '../ports/clock.ts';
import type { AttemptHandle } from '../ports/executor.ts';
import { createOutbox } from './outbox.ts';
import type { FromThread, ThreadData, ToThread } from './thread-messages.ts';
import { startWorker } from './worker-file.ts';

/** What a handler tells while it runs. */
export type HandlerReport =
  | { readonly kind: 'progress'; readonly ratio: number; readonly note: string | null }
  | { readonly kind: 'log'; readonly message: string };

/** A worker thread that runs handlers. When it dies it takes its attempts with it and says so; a new one is cheap. */
export interface Thread {
  /** Settles once, never rejects. Obeys the attempt's signal within 2 s, if need be by ending the thread. */
  run(attempt: AttemptHandle): Promise<Outcome>;
  isDead(): boolean;
  /** Ends the thread; what runs there counts as stopped. */
  close(): Promise<void>;
}

export interface ThreadDeps {
  readonly clock: Clock;
  readonly onReport: (attempt: AttemptHandle, report: HandlerReport) => void;
}

export interface ThreadOptions extends ThreadData {
  /** Limit of the JavaScript heap, in MiB. Buffers lie outside of it. */
  readonly heapMb: number;
}

/** The three times together stay below the 2 s that executors promise. A thread that does not even confirm a stop within this time is computing, and its handler would not see the signal. */
const confirmMs = 250;
/** From the confirmation on, what a handler gets to end by itself. */
const graceMs = 1_250;
/** `terminate` waits for a native call to return (1.9 s was seen); after this the attempt is settled all the same. */
const terminateMs = 400;

interface Running {
  readonly attempt: AttemptHandle;
  readonly resolve: (outcome: Outcome) => void;
  /** Takes the listener for a stop off the attempt. */
  leave: () => void;
  stopAsked: boolean;
  disarm: () => void;
}

const stopped: Outcome = { kind: 'stopped' };

export function createThread({ clock, onReport }: ThreadDeps, { heapMb, ...data }: ThreadOptions): Thread {
  const running = new Map<number, Running>();
  const worker = startWorker('function-worker', {
    name: 'handlers',
    workerData: data satisfies ThreadData,
    // Nothing of the server's: neither its environment nor its flags.
    env: {},
    argv: [],
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: heapMb, stackSizeMb: 4 },
  });
  let lastId = 0;
  let fault: unknown;
  let ready = false;
  let dead = false;

  // An idle thread keeps nobody alive; a busy one keeps the process until its attempt ended.
  worker.unref();
  worker.on('message', (messages: readonly FromThread[]) => messages.forEach(receive));
  worker.on('error', (error) => {
    fault = error;
  });
  worker.once('exit', bury);

  const send = createOutbox<ToThread>((messages) => worker.postMessage(messages));

  function receive(message: FromThread): void {
    if (message.kind === 'ready') {
      ready = true;
      for (const [id, { attempt }] of running) hand(id, attempt);
      return;
    }
    const entry = running.get(message.id);
    if (!entry) return;
    if (message.kind === 'succeeded') settle(message.id, entry, { kind: 'succeeded', result: message.result });
    else if (message.kind === 'failed') settle(message.id, entry, entry.stopAsked ? stopped : failure(message));
    else if (message.kind === 'stopping') rearm(entry, graceMs);
    else if (message.kind !== 'described') tell(entry.attempt, message);
  }

  function tell(attempt: AttemptHandle, report: HandlerReport): void {
    if (report.kind === 'progress') attempt.progressed?.(report.ratio, report.note);
    onReport(attempt, report);
  }

  function hand(id: number, { task, attempt, part, parents }: AttemptHandle): void {
    const { index = 0, count = 1 } = part ?? {};
    const input = inputOf(task.payload, parents);
    send({ kind: 'run', id, type: task.type, input, taskId: task.id, attempt, part: index, parts: count, parents });
  }

  function settle(id: number, entry: Running, outcome: Outcome): void {
    running.delete(id);
    entry.disarm();
    entry.leave();
    if (running.size === 0) worker.unref();
    entry.resolve(outcome);
  }

  /**
   * Kills the thread in `ms`. When the server itself was held up, the thread's answer may lie unread beside the timer that came due:
   * `soon` takes it in first.
   */
  function rearm(entry: Running, ms: number): void {
    entry.disarm();
    let armed = true;
    const callOff = clock.after(ms, () => clock.soon(() => armed && kill()));
    entry.disarm = () => {
      armed = false;
      callOff();
    };
  }

  function kill(): void {
    // From here on nobody new is seated here.
    dead = true;
    void worker.terminate();
    for (const entry of running.values()) {
      entry.disarm();
      entry.disarm = clock.after(terminateMs, bury);
    }
  }

  function bury(): void {
    dead = true;
    const alone = running.size === 1;
    for (const [id, entry] of [...running]) settle(id, entry, entry.stopAsked ? stopped : causeOfDeath(fault, alone, heapMb));
  }

  return {
    run(attempt) {
      return new Promise((resolve) => {
        const id = ++lastId;
        const stop = () => {
          // Never handed over: nothing to stop, and the thread that is still starting must not be taken for one that hangs.
          if (!ready) return settle(id, entry, stopped);
          entry.stopAsked = true;
          send({ kind: 'stop', id });
          rearm(entry, confirmMs);
        };
        const entry: Running = { attempt, resolve, leave: () => {}, stopAsked: false, disarm: () => {} };
        let isAsked = false;
        let isStopped = false;
        const leave = attempt.onStop(() => {
          isStopped = true;
          if (isAsked) stop();
        });
        if (isStopped || dead) {
          leave();
          return resolve(isStopped ? stopped : causeOfDeath(fault, false, heapMb));
        }
        isAsked = true;
        entry.leave = leave;
        running.set(id, entry);
        worker.ref();
        if (ready) hand(id, attempt);
      });
    },
    isDead: () => dead,
    async close() {
      for (const entry of running.values()) entry.stopAsked = true;
      await worker.terminate();
    },
  };
}

function failure({ code, message, retryable }: Extract<FromThread, { kind: 'failed' }>): Outcome {
  return { kind: 'failed', code, message, retryable };
}

/** Whose fault it was is known only when the attempt was alone. A later try may well succeed: a heap also fills over many attempts. */
function causeOfDeath(fault: unknown, alone: boolean, heapMb: number): Outcome {
  if (!alone || !(fault instanceof Error)) return { kind: 'lost', message: 'The thread of this attempt ended while it ran.' };
  if ('code' in fault && fault.code === 'ERR_WORKER_OUT_OF_MEMORY') {
    return { kind: 'failed', code: 'memory_limit', message: `The handler needed more than ${heapMb} MiB of heap.`, retryable: true };
  }
  return { kind: 'failed', code: 'handler_error', message: fault.message.slice(0, 2_000), retryable: true };
}
