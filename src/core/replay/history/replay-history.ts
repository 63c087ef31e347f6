import type { Card, ComparedCard, Figures, OwnReplayResult, Proof, ReplayRequest, Runnable } from '../../domain/replay.ts';
import type { EpochMs } from '../../domain/units.ts';
import type { History, HistoryExtent, RecordedTask } from '../../ports/history.ts';
import type { StrategyContext } from '../../strategies/registry.ts';
import { FigureCollector, realWaitOf } from './card-collector.ts';
import { differencesOf } from './differences.ts';
import { createPlacementCheck, fidelityOf } from './fidelity.ts';
import { createHeardTimes, type HeardTimes } from './heard-times.ts';
import { createTimeBound } from './offline-bounds.ts';
import { poolSpeeds } from './pool-speeds.ts';
import { knownReaction, reactionOf } from './reaction.ts';
import { redecide } from './redecide.ts';
import { canBeMade, createStrategyRun, type StrategyRun } from './strategy-run.ts';
import { createRunModel, type HistoryTask } from './tasks-of-record.ts';
import { type WindowWorld, windowWorld, withNotedPools } from './window-world.ts';

/** What the request does not say: how this server is set up. */
export interface ReplaySetting {
  readonly runnable: Runnable;
  readonly context: StrategyContext;
}

/** Tasks between two reports of progress. */
const tasksPerStep = 2_000;
/** As many as a start reads. */
const runsRecalled = 10_000;
/** Made once more, from the start of the server on: some seconds. */
const decisionsAgain = 1_000_000;

/**
 * Replays a window of a server's own history under what really decided and under each of the strategies, all in one pass over the record: memory
 * grows with the tasks that are open, not with those that were.
 * @yields tasks read so far
 */
export function* replayHistory(
  history: History,
  extent: HistoryExtent,
  request: ReplayRequest,
  setting: ReplaySetting,
): Generator<number, OwnReplayResult> {
  const { from, to, seed } = request;
  const heard = createHeardTimes(extent.first, extent.last, from);
  const proof = yield* decidedAgain(history, request, setting.context, heard);
  const asked = windowWorld(history, from, to, setting.runnable);
  const world = proof.outcome === 'proved' ? withNotedPools(asked, heard.pools, from, heard.until) : asked;
  const notes = [...world.notes, ...retentionNotes(extent)];
  const speedAt = poolSpeeds(world);
  const reaction = knownReaction(heard, () => reactionOf(history.tasks(extent.first, extent.last)));
  const model = createRunModel(from, to, speedAt, reaction);
  const actual = new FigureCollector(from, to);
  const timeBound = createTimeBound();
  const placement = createPlacementCheck(poolsOf(world));

  const { asRun, decided, tried } = createRuns(world, request, setting.context, (task, pool) => {
    const real = task.recorded.attempts[0]?.pool;
    if (real !== undefined && !task.isCutOff) placement.compare(real, pool);
  });
  const runs = asRun === undefined ? tried : [asRun, ...tried];
  if (asRun === undefined) notes.push('what decided in the window cannot be made again by this version: there is no fidelity');
  if (
    [...request.strategies.map(({ name }) => name), ...(world.epoch === undefined ? [] : [world.epoch.name])].some((name) =>
      name.includes('optimal_batch'),
    )
  )
    notes.push('optimal_batch is replayed without its plans, which come from beside: it decides as it does while it waits for one');
  const recalled = history.runsBefore(from, runsRecalled);
  for (const run of runs)
    run.begin(
      world.start,
      poolsOf(world),
      recalled,
      ({ pool, parts, runMs }) => runMs * Math.min(...(parts ?? [pool]).map((name) => speedAt(name, from))),
    );

  const counts = { replayed: 0, unfinished: 0, carriedOver: 0 };
  for (const recorded of inOrderOfState(history.carriedOver(extent.first, from))) {
    counts.carriedOver++;
    const task = model.carried(recorded);
    for (const run of runs) run.submit(task, from);
  }

  let nextChange = 0;
  let [firstAt, lastAt] = [to, from];
  for (const recorded of history.tasks(extent.first, extent.last)) {
    const at = recorded.enqueuedAt;
    changeUntil(at);
    const task = model.task(recorded);
    timeBound.add(task);
    for (const run of runs) run.submit(task, at);
    if (task.isCutOff) counts.unfinished++;
    else tellAsItHappened(actual, recorded, task);
    firstAt = Math.min(firstAt, at);
    lastAt = Math.max(lastAt, at);
    if (++counts.replayed % tasksPerStep === 0) yield counts.replayed;
  }
  changeUntil(to);
  yield counts.replayed;
  notes.push(...leftOutNotes(extent.stored - counts.replayed));

  const figures = actual.figures();
  const base = asRun?.finish(firstAt, timeBound.bound);
  const cards = tried.map((run): ComparedCard => {
    const card = withIds(run.finish(firstAt, timeBound.bound), history);
    if (asRun === undefined || base === undefined) return { ...card, differences: null };
    const told = { figures: card.figures, collector: run.card.collector };
    return { ...card, differences: differencesOf({ figures: base.figures, collector: asRun.card.collector }, told, seed) };
  });
  return {
    ...{
      firstAt,
      lastAt,
      actual: withTaskIds(figures, history),
      asRun: base === undefined ? null : withIds(base, history),
      decided,
      cards,
      notes,
    },
    tasks: { ...counts, missing: Math.max(0, extent.last - extent.first + 1 - extent.stored) },
    fidelity: base === undefined ? null : fidelityOf(figures, base.figures, placement.share(), proof),
    proof,
  };

  function changeUntil(at: EpochMs): void {
    for (; nextChange < world.changes.length; nextChange++) {
      const next = world.changes[nextChange];
      if (next === undefined || next.at > at) return;
      for (const run of runs) run.apply(next.change, next.at);
    }
  }
}

function* decidedAgain(history: History, window: ReplayRequest, context: StrategyContext, heard: HeardTimes): Generator<number, Proof> {
  const steps = redecide(history, window, context, decisionsAgain, heard);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    yield 0;
  }
}

function withIds(card: Card, history: History): Card {
  return { ...card, figures: withTaskIds(card.figures, history) };
}

function withTaskIds(figures: Figures, history: History): Figures {
  return { ...figures, worst: figures.worst.map((task) => ({ ...task, id: history.idOf(task.seq) ?? null })) };
}

/** What really decided, if it can be made again, and what is tried. */
function createRuns(
  world: WindowWorld,
  request: ReplayRequest,
  context: StrategyContext,
  onFirstStart: NonNullable<Parameters<typeof createStrategyRun>[0]['onFirstStart']>,
) {
  const { from, to, strategies, pools: edits, seed } = request;
  const common = { from, to, context, commonSeed: seed };
  const epochs = [world.epoch, ...world.changes.flatMap(({ change }) => (change.kind === 'strategy' ? [change.epoch] : []))];
  const [first] = epochs;
  const isKnown = epochs.every((epoch) => epoch !== undefined && canBeMade(epoch, context));
  const asRun: StrategyRun | undefined =
    first === undefined || !isKnown
      ? undefined
      : createStrategyRun({
          ...{ ...common, edits: [], followsSwitches: true, onFirstStart },
          ...{ named: { name: first.name, params: first.params }, epoch: first.epoch, seed: first.seed },
        });
  const tried = strategies.map((named) => createStrategyRun({ ...common, named, edits, seed, epoch: 1, followsSwitches: false }));
  const names = epochs.flatMap((epoch) => epoch?.name ?? []);
  return { asRun, decided: names.filter((name, i) => name !== names[i - 1]), tried };
}

function poolsOf({ start, changes }: WindowWorld) {
  return [...start, ...changes.map(({ change }) => change)].flatMap((change) => (change.kind === 'pool' ? [change.pool] : []));
}

/** What ran when the window began is let in first, so that it holds the slots it held. */
function* inOrderOfState(tasks: Iterable<RecordedTask>): Iterable<RecordedTask> {
  const waiting: RecordedTask[] = [];
  for (const task of tasks) {
    if (task.attempts.length > 0) yield task;
    else waiting.push(task);
  }
  yield* waiting;
}

function tellAsItHappened(actual: FigureCollector, recorded: RecordedTask, task: HistoryTask): void {
  const { status, completedAt, attempts, entry, actualCost } = recorded;
  if (completedAt === null || (status !== 'completed' && status !== 'failed' && status !== 'cancelled')) return;
  const last = attempts.at(-1);
  const ranMs = last?.endedAt == null ? 0 : last.endedAt - last.startedAt;
  actual.task(task, realWaitOf(recorded) ?? Math.max(0, completedAt - entry.readyAt), ranMs, status, completedAt);
  actual.spent(actualCost ?? 0);
}

/** @param tasks that are stored, and are not read */
function leftOutNotes(tasks: number): readonly string[] {
  if (tasks <= 0) return [];
  return [
    `${tasks} ${tasks === 1 ? 'task' : 'tasks'} never became ready to start, such as those that waited for others that failed: left out`,
  ];
}

function retentionNotes({ isCut }: HistoryExtent): readonly string[] {
  return isCut ? ['retention has removed what came right before the first task: the window may hold more than is left of it'] : [];
}
