import type { Ms } from '../core/domain/units.ts';
import type { HandlerReport } from '../core/executors/thread.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { AttemptHandle, Executor } from '../core/ports/executor.ts';
import type { Logger } from '../core/ports/logger.ts';
import { createHeld } from './held.ts';
import { type NodeApi, NodeApiError, type WireLease, type WireStop } from './node-api.ts';
import { createNotes } from './notes.ts';
import { isPassing, keyAdvice, wantsKey } from './refusals.ts';
import { createReporter } from './reporter.ts';

export interface WorkerOptions {
  readonly pool: string;
  readonly types: readonly string[];
  readonly slots: number;
  /** Whether what it runs looks at which part of a task it is. */
  readonly parts: boolean;
  readonly agent: string;
}

interface WorkerDeps {
  readonly api: NodeApi;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly logger: Logger;
  readonly executors: readonly Executor[];
}

export interface WorkerNode {
  /** Registers and works until it is stopped. Rejects when the server will not have it: a wrong pool or type, a name taken over. */
  run(): Promise<void>;
  /** Takes nothing new, lets what runs end for `graceMs`, hands the rest back, leaves. `run` settles then. */
  stop(graceMs: Ms): void;
  /** For executors: what handlers tell. */
  note(attempt: AttemptHandle, report: HandlerReport): void;
  /** For executors: what came with an attempt. */
  leaseOf(attempt: AttemptHandle): WireLease | undefined;
  /** The one that holds now. */
  session(): string;
}

/** A poll renews, and is the next sign of life when it ends: of a heartbeat's time. */
const pollBeats = 2;
const longestPollS = 30;
const firstPauseMs: Ms = 200;
const longestPauseMs: Ms = 5_000;
/** Before a lease ends all its work has ended: the server hands it to another node then. */
const marginMs: Ms = 2_000;
/** After the grace: what was told to stop has 2 s for it, and its reports a moment. */
const stopMs: Ms = 5_000;

/** A worker node: registers, renews, polls, runs, reports. What it holds outlives the server's restarts, and ends when it cannot renew. */
export function createWorker({ api, clock, random, logger, executors }: WorkerDeps, options: WorkerOptions): WorkerNode {
  const held = createHeld({ ...options, executors, ended: (lease, outcome) => reporter.add(lease, outcome), ready });
  const reporter = createReporter({
    clock,
    random,
    /** Work that is about to end shares the request. */
    worthWaiting: (waiting) => held.running > 0 && waiting < options.slots / 2,
    send: (results) => asSession((current) => api.report(current, results)),
    answered: held.answered,
    againMs: () => heartbeatMs,
    refused: (error) => void recover(error),
  });
  const notes = createNotes({ clock, logger, send: (some) => api.note(session, some) });
  /** One half runs while the server has the results of the other. */
  const mostPerPoll = Math.ceil(options.slots / 2);
  const gone = new AbortController();
  let session = '';
  let leaseMs: Ms = 0;
  let heartbeatMs: Ms = 0;
  let registering: Promise<void> | undefined;
  let isStopping = false;
  /** What was told of the key that the server wants, or will not have. */
  let toldOfKey = '';
  /** A poll that waits is sign of life enough, while nothing runs. */
  let isIdle = false;
  let polling = new AbortController();
  /** Monotonic: when the latest renewal that was answered was sent. */
  let renewedMs = 0;
  let callOffGuard = () => {};
  let callOffBeat = () => {};
  let fail: (error: unknown) => void = () => {};
  let end: () => void = () => {};

  function run(): Promise<void> {
    return new Promise((resolve, reject) => {
      fail = (error) => {
        held.forfeit();
        close();
        reject(error);
      };
      end = () => {
        close();
        resolve();
      };
      void register().then(() => {
        beatLater();
        void pollOn();
      }, fail);
    });
  }

  function close(): void {
    callOffGuard();
    callOffBeat();
    notes.close();
    gone.abort();
    polling.abort();
  }

  /** Until the server answers; at most one at a time. */
  function register(): Promise<void> {
    registering ??= tryToRegister().finally(() => {
      registering = undefined;
    });
    return registering;
  }

  async function tryToRegister(): Promise<void> {
    for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(longestPauseMs, pauseMs * 2)) {
      const sentMs = clock.monotonicMs();
      try {
        const { pool, types, slots, parts, agent } = options;
        const answer = await api.register({ pool, types, slots, parts, agent, leases: held.leases() });
        ({ session, lease_ms: leaseMs, heartbeat_ms: heartbeatMs } = answer);
        renewed(sentMs);
        heed(answer.stop);
        reporter.retry();
        logger.info({ lease_ms: leaseMs, held: held.leases().length }, 'registered');
        return;
      } catch (error) {
        if (!mayPass(error)) throw error;
        logger.warn({ err: error }, 'the server does not answer; trying again');
        await pause(pauseMs);
      }
    }
  }

  function renewed(sentMs: number): void {
    if (sentMs < renewedMs) return;
    renewedMs = sentMs;
    toldOfKey = '';
    callOffGuard();
    const leftMs = sentMs + leaseMs - Math.min(marginMs, leaseMs / 4) - clock.monotonicMs();
    callOffGuard = clock.after(leftMs, () => {
      if (held.running > 0) logger.warn({ running: held.running }, 'the leases could not be renewed: their work is stopped');
      held.forfeit();
    });
  }

  // --- heartbeats ---

  function beatLater(): void {
    callOffBeat = clock.after(heartbeatMs * (0.9 + 0.2 * random()), () => void beat().finally(() => gone.signal.aborted || beatLater()));
  }

  async function beat(): Promise<void> {
    if (isIdle && held.leases().length === 0) return;
    const sentMs = clock.monotonicMs();
    try {
      const patience = AbortSignal.any([gone.signal, AbortSignal.timeout(heartbeatMs)]);
      const { stop } = await asSession((current) => api.heartbeat(current, held.leases(), patience));
      renewed(sentMs);
      heed(stop);
    } catch (error) {
      await recover(error);
    }
  }

  /** A lease that ended while the server was told of it is on its list of stops, and nothing to tell of. */
  function heed(stops: readonly WireStop[]): void {
    for (const { lease, reason } of stops) if (reason === 'lease_lost') reporter.forget(lease);
    const told = held.stop(stops);
    if (told.length > 0) logger.info({ stops: told }, 'told to stop');
  }

  // --- work ---

  async function pollOn(): Promise<void> {
    let pauseMs = firstPauseMs;
    while (!isStopping && !gone.signal.aborted) {
      try {
        polling = new AbortController();
        const waitS = Math.min(longestPollS, Math.max(1, Math.floor((pollBeats * heartbeatMs) / 1_000)));
        const sentMs = clock.monotonicMs();
        isIdle = waitS * 1_000 <= pollBeats * heartbeatMs;
        // One that is not answered in its time is on a connection that is gone.
        const giveUp = clock.after(waitS * 1_000 + heartbeatMs, () => polling.abort());
        const polled = asSession((current) => api.poll(current, waitS, mostPerPoll, held.leases(), polling.signal));
        const { leases, stop } = await polled.finally(giveUp);
        isIdle = false;
        renewed(sentMs);
        heed(stop);
        for (const lease of leases) held.start(lease);
        pauseMs = firstPauseMs;
        if (leases.length > 0 && clock.monotonicMs() - sentMs > heartbeatMs) void beat(); // it was renewed that long ago
      } catch (error) {
        isIdle = false;
        if (isStopping || gone.signal.aborted) return;
        await recover(error);
        if (mayPass(error)) await pause(pauseMs);
        pauseMs = Math.min(longestPauseMs, pauseMs * 2);
      }
    }
  }

  /** What is said of a session that has been renewed meanwhile (it was slow on its way) says nothing of the new one. */
  async function asSession<Answer>(call: (current: string) => Promise<Answer>): Promise<Answer> {
    const current = session;
    return call(current).catch((error: unknown) => {
      throw session === current ? error : new NodeApiError(0, 'former_session', 'the answer was for a former session', error);
    });
  }

  /** A server that does not know us is told what we hold; one that knows another by our name is right. */
  async function recover(error: unknown): Promise<void> {
    if (gone.signal.aborted || mayPass(error)) return;
    if (error instanceof NodeApiError && error.code === 'unknown_node') await register().catch(fail);
    else fail(error);
  }

  /**
   * A server that has let us in and wants a key since then may get one: what runs goes on until its lease ends, and who was never let in is told
   * at once.
   */
  function mayPass(error: unknown): boolean {
    if (isPassing(error)) return true;
    if (!wantsKey(error) || session === '' || clock.monotonicMs() - renewedMs >= leaseMs) return false;
    const told = keyAdvice(error);
    if (told !== toldOfKey) logger.error({ err: error, running: held.running, lease_ms: leaseMs }, told);
    toldOfKey = told;
    return true;
  }

  /** Asks until all parts are as far, or it is told to stop. */
  async function ready(lease: string, signal: AbortSignal): Promise<void> {
    for (let pauseMs = firstPauseMs; !signal.aborted && !gone.signal.aborted; ) {
      try {
        if (await asSession((current) => api.ready(current, lease, longestPollS, AbortSignal.any([signal, gone.signal])))) return;
        pauseMs = firstPauseMs;
      } catch (error) {
        const code = error instanceof NodeApiError ? error.code : '';
        if (code === 'lease_lost') return raised(signal); // its stop is on the way
        if (code === 'unknown_node' || code === 'node_replaced') await recover(error);
        await pause(pauseMs);
        pauseMs = Math.min(longestPauseMs, pauseMs * 2);
      }
    }
  }

  function note(attempt: AttemptHandle, report: HandlerReport): void {
    const lease = held.leaseOf(attempt)?.lease;
    if (lease !== undefined) notes.add(lease, report);
  }

  // --- the end ---

  function stop(graceMs: Ms): void {
    if (isStopping) hurry();
    else void drain(graceMs).then(end, fail);
  }

  let hurry = () => {};

  async function drain(graceMs: Ms): Promise<void> {
    isStopping = true;
    await api.drain().catch((err: unknown) => logger.warn({ err }, 'the server was not told of the drain'));
    await within(graceMs, held.idle());
    held.release();
    await within(
      stopMs,
      held.idle().then(() => reporter.empty()),
    );
    polling.abort();
    await api.leave(session).catch((err: unknown) => logger.warn({ err }, 'the server was not told of the end'));
  }

  function within(ms: Ms, work: Promise<void>): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        callOff();
        resolve();
      };
      const callOff = clock.after(ms, done);
      hurry = done;
      void work.then(done);
    });
  }

  function pause(ms: Ms): Promise<void> {
    return new Promise((resolve) => clock.after(ms * (0.5 + random()), resolve));
  }

  return { run, stop, note, leaseOf: held.leaseOf, session: () => session };
}

function raised(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
