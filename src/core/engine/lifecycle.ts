import { TaskRouterError } from '../domain/errors.ts';
import type { Ms } from '../domain/units.ts';
import { adoptAway, occupyAway } from './adoption.ts';
import type { Phase } from './engine.ts';
import { resumeRates } from './rate-recovery.ts';
import { rebuildQueue, recallRuns, recallSpend, settleLost } from './recovery.ts';
import { startRetention } from './retention.ts';
import { recallTurns } from './turn-recovery.ts';
import type { EngineOptions, EngineParts } from './wiring.ts';

export interface Lifecycle {
  start(): Promise<void>;
  /** @param graceMs 0: now; it also hurries a drain that goes on */
  drain(graceMs: Ms): Promise<void>;
  readonly phase: Phase;
  /** What a start is at. */
  readonly step: string | undefined;
  /** @throws TaskRouterError `starting`, until memory says what the rows say: whoever changes one of them before makes them differ */
  recovered(): void;
  /** @throws TaskRouterError `starting` or `draining`, while nothing new is taken */
  accepting(): void;
}

/** From the rows of the last server to one that is ready, and from there to one that has put everything down. */
export function createLifecycle(parts: EngineParts, options: Pick<EngineOptions, 'catalogue' | 'algorithm' | 'retention'>): Lifecycle {
  const { store, clock, core, logger, catalogue, tenants, types, policy, gates, waits, dispatcher, drainer, failed } = parts;
  const { traffic, bulk, replays, timers, storage, plans, executors } = parts;
  let phase: Phase = 'starting';
  let step: string | undefined = 'waiting to start';
  let started: Promise<void> | undefined;
  let drained: Promise<void> | undefined;
  let stopRetention = () => {};

  function start(): Promise<void> {
    started ??= recover();
    return started;
  }

  async function recover(): Promise<void> {
    const recovery = { ...parts, retry: parts.retryPolicy };
    dispatcher.pause();
    step = 'finding what runs on nodes';
    const away = await occupyAway(recovery);
    step = 'reading pools, types and tenants';
    await catalogue.load(options.catalogue);
    await tenants.load();
    step = 'reading the strategy';
    await policy.load(options.algorithm);
    step = 'settling what ran when the last server ended';
    const lost = await settleLost(recovery, away);
    step = 'reading the queue';
    await recallRuns(recovery);
    await recallSpend(recovery);
    await recallTurns({ store, core, types: types.all() });
    await rebuildQueue(recovery);
    adoptAway(recovery, away);
    await resumeRates({ store, clock, gates });
    await waits.load();
    stopRetention = startRetention({ store, clock, failed }, options.retention);
    // Before others may stop them: what is not yet known as running cannot be stopped, and would go on afterwards.
    step = 'taking up simulations, operations and replays';
    await traffic.resume();
    await bulk.resume();
    await replays.load();
    phase = 'ready';
    step = undefined;
    dispatcher.resume();
    logger.info({ waiting: core.waiting, lost, adopted: away.length, algorithm: policy.current().name }, 'ready');
  }

  function drain(graceMs: Ms): Promise<void> {
    if (graceMs === 0) drainer.hurry();
    drained ??= stop(graceMs);
    return drained;
  }

  async function stop(graceMs: Ms): Promise<void> {
    await started?.catch(() => {}); // half a recovery cannot be stopped; `start` tells its caller what went wrong
    phase = 'draining';
    traffic.halt();
    await bulk.halt();
    await replays.halt().catch(failed);
    stopRetention();
    dispatcher.pause();
    await drainer.run(graceMs);
    await store.flush().catch(failed);
    timers.stop();
    storage.stop();
    await plans?.stop();
    for (const executor of executors.values()) await executor.close();
    phase = 'stopped';
  }

  function recovered(): void {
    if (phase === 'starting')
      throw new TaskRouterError('starting', `The server is starting: ${step}. Try again in a moment.`, { retryAfterS: 1 });
  }

  function accepting(): void {
    recovered();
    if (phase === 'ready') return;
    throw new TaskRouterError('draining', 'The server is stopping and takes nothing new. Try again when it is back.', { retryAfterS: 10 });
  }

  return {
    start,
    drain,
    recovered,
    accepting,
    get phase() {
      return phase;
    },
    get step() {
      return step;
    },
  };
}
