import { TaskRouterError } from '../domain/errors.ts';
import type { JsonObject } from '../domain/json.ts';
import type { NamedStrategy } from '../domain/replay.ts';
import type { CatalogueStore, StrategyEpoch } from '../ports/catalogue-store.ts';
import type { Clock } from '../ports/clock.ts';
import type { Random } from '../ports/random.ts';
import type { SchedulingCore, StrategySwitch } from '../scheduling/core.ts';
import { listOrders, listPlaces, listStrategies } from '../strategies/listing.ts';
import { type MaxWait, maxWaitOf } from '../strategies/max-wait.ts';
import { makeStrategy, type StrategyChoice, type StrategyContext } from '../strategies/registry.ts';
import type { Strategy } from '../strategies/strategy.ts';
import type { Dispatcher } from './dispatcher.ts';
import type { AlgorithmList } from './engine.ts';
import { createTurns } from './in-turn.ts';
import { type ResetParams, resetParams, type SwitchedEpoch } from './reset-params.ts';

/** Waiting tasks that are put in their new order in one turn while the old strategy still decides, or as much of other work. */
const tasksPerSlice = 5_000;
/** Of which the latest that was another is the one to go back to. */
const epochsSearched = 1_000;

export interface Policy {
  /** Takes up the stored epoch, or opens the first one with `initial`. */
  load(initial: StrategyChoice): Promise<void>;
  /** @throws TaskRouterError `starting` before it is loaded. */
  current(): StrategyEpoch;
  list(): AlgorithmList;
  /** What the current one promises. @throws TaskRouterError as `current` */
  maxWait(): MaxWait;
  /** A strategy that is not put in force. @throws TaskRouterError `unknown_reference`, `validation_failed`. */
  make(choice: StrategyChoice): Strategy;
  switchTo(choice: StrategyChoice, by: string, told?: Switch): Promise<SwitchedEpoch>;
  /** Back to the strategy that decided before the current one. @throws TaskRouterError `wrong_status`: there was none, or it cannot be made any more. */
  rollBack(by: string, told?: Switch): Promise<StrategyEpoch>;
  /** As it would be stored. @throws TaskRouterError as `switchTo` */
  named(choice: StrategyChoice): NamedStrategy;
}

/** What goes with a switch. */
export interface Switch {
  /** Only if this is the current epoch. */
  readonly ifEpoch?: number | undefined;
  /** Why, for the record. */
  readonly reason?: string | undefined;
  /** On what grounds: it is logged with the switch. */
  readonly receipt?: JsonObject | undefined;
}

interface PolicyDeps {
  readonly store: CatalogueStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly core: SchedulingCore;
  readonly dispatcher: Dispatcher;
  readonly context: StrategyContext;
}

/**
 * The active strategy. A switch is an epoch: prepared beside the live structures, stored and logged, then swapped in between two
 * decisions. The log row of the switch comes after every decision of the old strategy and before every one of the new.
 */
export function createPolicy({ store, clock, random, core, dispatcher, context }: PolicyDeps): Policy {
  const inTurn = createTurns();
  let epoch: StrategyEpoch | undefined;
  let promised: MaxWait | undefined;

  async function load(initial: StrategyChoice): Promise<void> {
    const [stored] = await store.strategyEpochs(1);
    const strategy = stored === undefined ? build(initial) : build({ algorithm: stored.name, params: stored.params });
    epoch = stored ?? (await open(strategy, 'server', {}));
    promised = maxWaitOf(strategy);
    core.setStrategy(strategy, epoch.epoch, epoch.seed, clock.now());
  }

  function switchTo(choice: StrategyChoice, by: string, told: Switch = {}): Promise<SwitchedEpoch> {
    const strategy = build(choice);
    return inTurn(async () => {
      const { name, params } = current();
      const plain = makeStrategy({ algorithm: name }, context);
      const set = plain.kind === 'made' ? { params, defaults: plain.strategy.params } : { params, defaults: {} };
      const reset = resetParams(set, strategy.params, choice);
      return { ...(await swap(strategy, by, told, reset)), reset };
    });
  }

  function rollBack(by: string, told: Switch = {}): Promise<StrategyEpoch> {
    return inTurn(async () => {
      checkEpoch(told.ifEpoch);
      const { epoch: undone, name, params } = current();
      const before = (await store.strategyEpochs(epochsSearched)).find(
        (one) => one.epoch < undone && (one.name !== name || !isSame(one.params, params)),
      );
      if (before === undefined)
        throw new TaskRouterError('wrong_status', 'There is no strategy to go back to: none but the current one has decided here lately.');
      const made = makeStrategy({ algorithm: before.name, params: before.params }, context);
      if (made.kind !== 'made')
        throw new TaskRouterError('wrong_status', `What decided in epoch ${before.epoch} cannot be made any more: ${made.message}`);
      const reason = `back from epoch ${undone} to what decided in epoch ${before.epoch}${told.reason === undefined ? '' : `: ${told.reason}`}`;
      return swap(made.strategy, by, { ...told, reason });
    });
  }

  function current(): StrategyEpoch {
    if (epoch === undefined) throw notRead();
    return epoch;
  }

  function maxWait(): MaxWait {
    if (promised === undefined) throw notRead();
    return promised;
  }

  async function swap(strategy: Strategy, by: string, told: Switch, reset: ResetParams = {}): Promise<StrategyEpoch> {
    checkEpoch(told.ifEpoch);
    const prepared = core.prepareStrategy(strategy, clock.now());
    await inSlices(() => prepared.step(tasksPerSlice));
    const opened = await putInForce(prepared, strategy, () => open(strategy, by, told, reset));
    await inSlices(() => prepared.clear(tasksPerSlice));
    return opened;
  }

  /** Nothing is decided until what `record` logs has happened, or has not. */
  async function putInForce(prepared: StrategySwitch, strategy: Strategy, record: () => Promise<StrategyEpoch>): Promise<StrategyEpoch> {
    dispatcher.pause();
    try {
      const opened = await record();
      prepared.swap(opened.epoch, opened.seed, clock.now());
      epoch = opened;
      promised = maxWaitOf(strategy);
      return opened;
    } catch (error) {
      prepared.discard();
      throw error;
    } finally {
      dispatcher.resume();
    }
  }

  /** Everything else takes its turns between two slices. @param slice whether it was the last */
  async function inSlices(slice: () => boolean): Promise<void> {
    while (!slice()) await new Promise<void>((resolve) => clock.soon(resolve));
  }

  async function open(strategy: Strategy, by: string, told: Switch, reset: ResetParams = {}): Promise<StrategyEpoch> {
    const { ifEpoch, reason, receipt } = told;
    const seed = Math.floor(random.next() * 2 ** 32);
    const next = { name: strategy.name, params: strategy.params, seed, since: clock.now(), by, reason: reason ?? null };
    const beside = { ...(receipt === undefined ? {} : { receipt }), ...(Object.keys(reset).length === 0 ? {} : { reset }) };
    const opened = await store.openEpoch(next, ifEpoch, beside);
    if (opened === undefined) throw mismatch();
    return opened;
  }

  function checkEpoch(ifEpoch: number | undefined): void {
    if (ifEpoch !== undefined && ifEpoch !== current().epoch) throw mismatch();
  }

  function mismatch(): TaskRouterError {
    const { by, name, epoch: number } = current();
    return new TaskRouterError('version_mismatch', `${by} switched to ${name} (epoch ${number}) meanwhile. Read it again and repeat.`);
  }

  /** @throws TaskRouterError `unknown_reference`, `validation_failed`. */
  function build(choice: StrategyChoice): Strategy {
    const made = makeStrategy(choice, context);
    if (made.kind === 'made') return made.strategy;
    const code = made.kind === 'unknown' ? 'unknown_reference' : 'validation_failed';
    throw new TaskRouterError(code, made.message, { errors: made.errors });
  }

  return {
    load,
    current,
    maxWait,
    list: () => ({
      algorithms: listStrategies().map((strategy) =>
        strategy.name === current().name ? { ...strategy, maxWait: maxWait(), current: true } : { ...strategy, current: false },
      ),
      orders: listOrders(),
      places: listPlaces(),
    }),
    make: build,
    switchTo,
    rollBack,
    named(choice) {
      const { name, params } = build(choice);
      return { name, params };
    },
  };
}

function notRead(): TaskRouterError {
  return new TaskRouterError('starting', 'The server has not read its strategy yet. Try again in a moment.', { retryAfterS: 1 });
}

/** Parameters of one strategy have their names in one order, however often they were stored. */
function isSame(a: JsonObject, b: JsonObject): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
