import { TaskRouterError } from '../domain/errors.ts';
import type { ComparedCard, Replay, ReplayRequest, ReplayResult, ReplayStatus } from '../domain/replay.ts';
import { emptyWindow } from '../domain/replay-window.ts';
import type { EpochMs } from '../domain/units.ts';
import type { StrategyEpoch } from '../ports/catalogue-store.ts';
import type { Clock } from '../ports/clock.ts';
import type { Executor } from '../ports/executor.ts';
import type { IdGenerator } from '../ports/id-generator.ts';
import type { ReplayListener, ReplayRun, ReplayRunner } from '../ports/replay-runner.ts';
import type { Store } from '../ports/store.ts';
import type { CardChoice } from './engine.ts';
import type { EventSource } from './event-bus.ts';
import type { Policy } from './policy.ts';
import { endedDetails, receiptOf, replaysOf, startedDetails } from './replay-log.ts';
import type { StorageWatch } from './storage-watch.ts';

/** How many are shown, the newest. */
const shown = 100;

export interface Replays {
  /** Takes up what the log says of earlier ones: what was running when the last server ended was interrupted. */
  load(): Promise<void>;
  /** Answers when it is on record; of other tasks than the own history when the runner has checked them. @param trace the file, where that is the source */
  start(request: ReplayRequest, by: string, trace?: Uint8Array<ArrayBuffer>): Promise<Replay>;
  /** Newest first. */
  all(): readonly Replay[];
  get(id: string): Replay | undefined;
  cancel(id: string): Promise<Replay | undefined>;
  /** Switches to a strategy of a replay, with what it said as the receipt. @param ifEpoch only while this one decides */
  activate(id: string, choice: CardChoice, by: string, ifEpoch: number | undefined): Promise<StrategyEpoch>;
  /** Drain: ends what runs. */
  halt(): Promise<void>;
}

interface Running {
  readonly id: string;
  /** `undefined` while its thread begins. */
  run: ReplayRun | undefined;
  isOver: boolean;
}

interface ReplaysDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: IdGenerator;
  readonly runner: ReplayRunner | undefined;
  readonly executors: ReadonlyMap<string, Executor>;
  readonly typesOfBundles: () => readonly string[];
  readonly policy: Policy;
  readonly storage: StorageWatch;
  readonly events: Pick<EventSource, 'changed'>;
  readonly failed: (error: unknown) => void;
}

/** How many tasks there are, `null` where that is too many to count at once, and when they were. */
type Looked = Pick<ReplayRun, 'span'> & { readonly tasks: number | null };

/** Replays of the server's own history, one at a time, each in a thread of its own. */
export function createReplays(deps: ReplaysDeps): Replays {
  const { store, clock, ids, runner, executors, typesOfBundles, policy, storage, events, failed } = deps;
  const replays = new Map<string, Replay>();
  let isHalted = false;
  let running: Running | undefined;

  async function load(): Promise<void> {
    const { entries } = await store.log({ system: true, types: ['replay_started', 'replay_ended'], limit: 2 * shown });
    for (const replay of replaysOf([...entries].reverse())) {
      replays.set(replay.id, replay);
      // It is over at once; its record may have to wait for room on the disk, and a start does not wait with it.
      if (replay.status === 'running') end(replay.id, 'interrupted', null, 'the server ended while it ran; ask for it again').catch(failed);
    }
  }

  async function start(request: ReplayRequest, by: string, trace?: Uint8Array<ArrayBuffer>): Promise<Replay> {
    if (runner === undefined) throw new TaskRouterError('not_found', 'This server has no replays.');
    if (running !== undefined) {
      throw new TaskRouterError('wrong_status', `Replay ${running.id} is running. Wait for it, or cancel it with DELETE, and ask again.`);
    }
    const mine: Running = { id: ids.taskId(), run: undefined, isOver: false };
    running = mine;
    try {
      // Whoever asks for the own history need not wait for a thread: one look says whether there is any. The lines of a trace are the thread's to check.
      const known: Looked = request.source === undefined ? await lookAt(request) : await begin(mine, runner, request, trace);
      if (isHalted)
        throw new TaskRouterError('draining', 'The server is stopping and takes nothing new. Try again when it is back.', {
          retryAfterS: 10,
        });
      const replay: Replay = {
        ...{ id: mine.id, request: { ...request, ...known.span }, by, startedAt: clock.now(), endedAt: null },
        ...{ status: 'running', progress: { done: 0, total: known.tasks }, result: null, error: null },
      };
      replays.set(mine.id, replay);
      await store.noteReplay('replay_started', startedDetails(replay), replay.startedAt);
      if (request.source === undefined) void goOn(mine, runner, request);
      return replays.get(mine.id) ?? replay;
    } catch (error) {
      stop(mine);
      replays.delete(mine.id);
      if (running === mine) running = undefined;
      throw error;
    }
  }

  /** @throws TaskRouterError `validation_failed`: there is nothing in the window */
  async function lookAt({ from, to }: ReplayRequest): Promise<Looked> {
    const page = await store.tasks({ filter: { enqueuedAfter: from - 1, enqueuedBefore: to }, limit: 1 });
    if (page.tasks.length === 0 && !page.hasOlder) throw emptyWindow(from, to);
    return { tasks: page.totalIsCapped ? null : page.total };
  }

  async function begin(mine: Running, threads: ReplayRunner, request: ReplayRequest, trace?: Uint8Array<ArrayBuffer>): Promise<ReplayRun> {
    const runnable = Object.fromEntries(
      [...executors].map(([name, { types, unfit }]) => [name, unfit !== undefined ? [] : name === 'bundle' ? typesOfBundles() : types]),
    );
    const { id } = mine;
    const listener: ReplayListener = {
      progress: (done) => change(id, (replay) => ({ ...replay, progress: { ...replay.progress, done } })),
      completed: (result) => void end(id, 'completed', result, null).catch(failed),
      failed: (reason) => void end(id, 'failed', null, reason).catch(failed),
    };
    const run = await threads.start(request, runnable, listener, trace);
    mine.run = run;
    if (mine.isOver) run.cancel(); // while its thread began
    return run;
  }

  /** It has been told as begun: what is wrong from here on is its end. */
  async function goOn(mine: Running, threads: ReplayRunner, request: ReplayRequest): Promise<void> {
    try {
      const { tasks: total } = await begin(mine, threads, request);
      change(mine.id, (replay) => ({ ...replay, progress: { ...replay.progress, total } }));
    } catch (error) {
      await end(mine.id, 'failed', null, (error as Error).message).catch(failed);
    }
  }

  function stop(one: Running): void {
    one.isOver = true;
    one.run?.cancel();
  }

  function change(id: string, apply: (replay: Replay) => Replay): void {
    const replay = replays.get(id);
    if (replay?.status !== 'running') return;
    replays.set(id, apply(replay));
    events.changed('replays');
  }

  async function end(id: string, status: ReplayStatus, result: ReplayResult | null, error: string | null): Promise<void> {
    const endedAt: EpochMs = clock.now();
    if (running?.id === id) running = undefined;
    if (replays.get(id)?.status !== 'running') return; // a thread may say twice that it failed
    change(id, (replay) => {
      const done = status === 'completed' ? (replay.progress.total ?? replay.progress.done) : replay.progress.done;
      return { ...replay, status, endedAt, result, error, progress: { ...replay.progress, done } };
    });
    forgetOld();
    const replay = replays.get(id);
    if (replay !== undefined) await storage.persist(() => store.noteReplay('replay_ended', endedDetails(replay), endedAt));
  }

  function forgetOld(): void {
    for (const id of [...replays.keys()].slice(0, -shown)) replays.delete(id);
  }

  async function cancel(id: string): Promise<Replay | undefined> {
    if (running?.id !== id) {
      const replay = replays.get(id);
      if (replay !== undefined)
        throw new TaskRouterError('wrong_status', `Replay ${id} is ${replay.status}; only a running one can be cancelled.`);
      return undefined;
    }
    stop(running);
    await end(id, 'cancelled', null, 'it was cancelled');
    return replays.get(id);
  }

  async function activate(id: string, choice: CardChoice, by: string, ifEpoch: number | undefined): Promise<StrategyEpoch> {
    const replay = replays.get(id);
    if (replay === undefined) throw new TaskRouterError('not_found', 'Replay not found');
    if (replay.result === null)
      throw new TaskRouterError('wrong_status', `Replay ${id} is ${replay.status}; only one that completed has a strategy to activate.`);
    const card = cardOf(id, replay.result, choice);
    return policy.switchTo({ algorithm: card.name, params: card.params }, by, {
      ifEpoch,
      reason: `replay ${id}`,
      receipt: receiptOf(replay, card),
    });
  }

  function cardOf(id: string, { cards }: ReplayResult, { name, params }: CardChoice): ComparedCard {
    const named = cards.filter((card) => card.name === name);
    const [first, second] = named;
    if (first === undefined) {
      const names = cards.map((each) => each.name).join(', ');
      throw notTried(`Replay ${id} has not tried ${name}. It has tried ${names}.`, `must be one of those it tried: ${names}`);
    }
    if (params === undefined) {
      if (second === undefined) return first;
      throw notTried(`Replay ${id} has tried ${name} more than once. Send its params too.`, 'was tried more than once: name its params');
    }
    const full = JSON.stringify(policy.named({ algorithm: name, params }).params);
    const same = named.find((card) => JSON.stringify(card.params) === full);
    if (same !== undefined) return same;
    throw notTried(`Replay ${id} has tried ${name} with other parameters.`, 'was tried with other parameters');
  }

  return {
    load,
    start,
    all: () => [...replays.values()].reverse(),
    get: (id) => replays.get(id),
    cancel,
    activate,
    async halt() {
      isHalted = true;
      if (running === undefined) return;
      stop(running);
      await end(running.id, 'interrupted', null, 'the server was stopped while it ran; ask for it again');
    },
  };
}

function notTried(detail: string, message: string): TaskRouterError {
  return new TaskRouterError('unknown_reference', detail, { errors: [{ path: '/body/algorithm', message }] });
}
