import type { EpochMs, Ms, Seq } from '../../domain/units.ts';
import { answerPlan } from '../../optimise/answer-plan.ts';
import type { Decision, PoolEntry, SchedulingCore } from '../../scheduling/core.ts';
import { Agenda } from './agenda.ts';
import { afterwards, attemptCost, foresee, slowestOf } from './attempt-rules.ts';
import type { SimObserver } from './sim-observer.ts';
import type { SimEnd, SimOutcome, SimTask } from './sim-task.ts';

/** The live decision core on a virtual clock: what happens goes in, in order of time, and attempts end by themselves. */
export interface Simulation {
  readonly now: EpochMs;
  /** Tasks that have come and are not done with. */
  readonly open: number;
  /** Everything up to `at` happens; what is told next happens at `at`, and all of that instant is decided on together. Never goes back. */
  advance(at: EpochMs): void;
  /** A task that may run from `entry.readyAt` on, or from now if that is past. */
  submit(task: SimTask): void;
  /** Changes pools, limits or strategy. */
  change(apply: (core: SchedulingCore) => void): void;
  setPool(pool: PoolEntry): void;
  /** Attempts that run there go on. */
  removePool(id: number): void;
  /** Until it is resumed nothing is decided, as while a server is down. */
  pause(isPaused: boolean): void;
  /** Nothing more comes: runs until nothing can happen any more. @returns tasks that never got to run to their end */
  finish(): readonly SimTask[];
}

/** What a task that is not done with is at: one object for all of its life, as a replay holds millions of them one after the other. */
interface Active {
  readonly task: SimTask;
  attempt: number;
  state: 'coming' | 'waiting' | 'running' | 'ending';
  /** Changes with every step: agenda entries of an earlier one are stale. */
  stamp: number;
  /** Of every part; none before it started. */
  pools: readonly PoolEntry[];
  firstStartedAt: EpochMs | undefined;
  startedAt: EpochMs;
  endedAt: EpochMs;
  outcome: SimOutcome;
}

const never = Number.POSITIVE_INFINITY;
/** Of a task that has not started. */
const nowhere: readonly PoolEntry[] = [];
/** How often the core may look again when nothing runs and nothing comes: what waits then waits for what never happens. */
const mostLooks = 1_000;
/** For entries that stay as long as the task does. */
const whenever = -1;

/**
 * All events of one instant are applied first, ends before what comes in; then the core decides until it has nothing more to start. So of
 * tasks that come together the strategy chooses, and not the order in which they were told. Plans take no time: they are there at the instant
 * they are asked for.
 * @param backoffMs delay before a retry that was never observed: an attempt that timed out here and not in the record
 */
export function createSimulation(core: SchedulingCore, observer: SimObserver, backoffMs: (seq: Seq, attempt: number) => Ms): Simulation {
  const agenda = new Agenda();
  const tasks = new Map<Seq, Active>();
  /** Each alone in a list, as the parts of nearly every task are. */
  const pools = new Map<number, readonly [PoolEntry]>();
  /** Pools that were removed while something ran there: the core lets them go when that has ended. */
  const leaving = new Set<number>();
  let now: EpochMs = Number.NEGATIVE_INFINITY;
  let isDirty = false;
  let isPaused = false;

  function advance(at: EpochMs): void {
    if (at <= now) return;
    for (;;) {
      decide();
      const next = nextAt();
      if (next >= at) break;
      happen(next);
    }
    happen(at);
  }

  function nextAt(): EpochMs {
    // A core that is due now and decided nothing is due again after this instant.
    const due = isPaused ? never : Math.max(now + 1, Math.ceil(Math.min(core.nextDueAt(), core.planWantedAt())));
    return Math.min(agenda.nextTime, due);
  }

  /** Goes to `at` and applies what was to happen then; the core may have been waiting for the moment as well. */
  function happen(at: EpochMs): void {
    now = at;
    isDirty = true;
    while (agenda.nextTime <= at) {
      const active = tasks.get(agenda.seq);
      const { stamp } = agenda;
      agenda.drop();
      if (active !== undefined && stamp === whenever) stop(active);
      else if (active?.stamp === stamp) step(active);
    }
  }

  function decide(): void {
    if (!isDirty || isPaused) return;
    isDirty = false;
    const at = Math.floor(now);
    for (const decision of core.decide(at)) start(decision, at);
    if (core.planWantedAt() > at) return;
    const question = core.askPlan(at);
    if (question === undefined || core.setPlan(answerPlan(question), at) === undefined) return;
    for (const decision of core.decide(at)) start(decision, at);
  }

  // --- life of a task ---

  function submit(task: SimTask): void {
    const { seq, readyAt, attempt } = task.entry;
    const active: Active = {
      task,
      attempt,
      state: 'coming',
      stamp: 0,
      pools: nowhere,
      firstStartedAt: undefined,
      startedAt: 0,
      endedAt: 0,
      outcome: 'succeeded',
    };
    tasks.set(seq, active);
    const endsAt = Math.min(task.cancelAt, task.expireAt);
    if (endsAt !== never) agenda.push(Math.max(now, endsAt), seq, whenever);
    const heardAt = readyAt < now ? now : readyAt + (task.reactionMs ?? 0); // what is past was heard of then
    if (heardAt > now) agenda.push(heardAt, seq, active.stamp);
    else queue(active);
  }

  function queue(active: Active): void {
    active.state = 'waiting';
    active.stamp++;
    const { entry } = active.task;
    const { attempt } = active;
    core.submit(attempt === entry.attempt ? entry : { ...entry, attempt });
    isDirty = true;
  }

  function start({ seq, attempt, poolId, parts }: Decision, at: EpochMs): void {
    const active = tasks.get(seq) as Active; // the core knows only what it was given
    const alone = poolOf(poolId);
    const [pool] = alone;
    const there = parts === undefined ? alone : parts.map((id) => poolOf(id)[0]);
    const { task } = active;
    active.state = 'running';
    active.stamp++;
    active.attempt = attempt;
    active.pools = there;
    active.firstStartedAt ??= at;
    active.startedAt = at;
    const runMs = foresee(active, slowestOf(there));
    agenda.push(Math.max(now, at + runMs), seq, active.stamp);
    observer.started?.(task, attempt, pool, at);
  }

  function poolOf(id: number): readonly [PoolEntry] {
    return pools.get(id) as readonly [PoolEntry]; // the core knows only those it was given
  }

  function step(active: Active): void {
    if (active.state === 'running') end(active);
    else if (active.state === 'ending') giveBack(active);
    else if (active.state === 'coming') queue(active);
  }

  /** Its deadline has come, or somebody cancels it, whichever is first. */
  function stop(active: Active): void {
    const { cancelAt, expireAt, entry } = active.task;
    const isCancel = cancelAt <= expireAt;
    if (active.state === 'ending') return; // too late
    if (active.state === 'running') {
      active.outcome = isCancel ? 'cancelled' : 'expired';
      end(active);
      return;
    }
    if (active.state === 'waiting') core.cancel(entry.seq);
    isDirty = true;
    close(active, isCancel ? 'cancelled' : 'failed', now);
  }

  function end(active: Active): void {
    const { task, attempt } = active;
    active.state = 'ending';
    active.stamp++;
    active.endedAt = now;
    observer.ended?.(active);
    const heardAt = now + ((task.runs[attempt - 1] ?? task.runs.at(-1))?.reactionMs ?? 0);
    if (heardAt > now) agenda.push(heardAt, task.entry.seq, active.stamp);
    else giveBack(active);
  }

  function giveBack(active: Active): void {
    const { task, attempt, outcome, endedAt } = active;
    const { entry } = task;
    core.finish(entry.seq, endedAt, outcome === 'expired' ? 'failed' : outcome, attemptCost(entry, active.pools, outcome));
    if (leaving.size > 0) for (const { id } of active.pools) if (leaving.has(id)) leave(id);
    isDirty = true;
    const what = afterwards(task, attempt, outcome);
    if (what === undefined) retry(active, attempt, outcome);
    else close(active, what, endedAt);
  }

  function retry(active: Active, attempt: number, outcome: SimOutcome): void {
    const { task, endedAt } = active;
    const { seq } = task.entry;
    const recorded = task.runs[attempt - 1];
    const delayMs = recorded?.outcome === outcome ? recorded.backoffMs : backoffMs(seq, attempt);
    active.state = 'coming';
    active.stamp++;
    // What comes back at once is known with its end.
    const heardAt = delayMs > 0 ? endedAt + delayMs + (task.reactionMs ?? 0) : now;
    if (heardAt > now) agenda.push(heardAt, seq, active.stamp);
    else queue(active);
  }

  function close(active: Active, what: Exclude<SimEnd, undefined>, at: EpochMs): void {
    tasks.delete(active.task.entry.seq);
    observer.closed?.(active.task, what, at, active);
  }

  // --- the world ---

  function setPool(pool: PoolEntry): void {
    leaving.delete(pool.id);
    pools.set(pool.id, [pool]);
    core.setPool(pool);
    isDirty = true;
  }

  function removePool(id: number): void {
    const [pool] = pools.get(id) ?? [];
    if (pool === undefined) return;
    isDirty = true;
    if (core.loadOf(id) === 0) {
      pools.delete(id);
      core.removePool(id);
      return;
    }
    leaving.add(id);
    core.setPool({ ...pool, state: 'draining' });
  }

  function leave(id: number): void {
    if (core.loadOf(id) > 0) return;
    leaving.delete(id);
    removePool(id);
  }

  function finish(): readonly SimTask[] {
    for (let looks = 0; looks < mostLooks; looks++) {
      decide();
      const next = nextAt();
      if (next === never || tasks.size === 0) break;
      if (agenda.nextTime !== never) looks = 0;
      happen(next);
    }
    return Array.from(tasks.values(), ({ task }) => task);
  }

  return {
    get now() {
      return now;
    },
    get open() {
      return tasks.size;
    },
    advance,
    submit,
    change(apply) {
      apply(core);
      isDirty = true;
    },
    setPool,
    removePool,
    pause(paused) {
      if (isPaused && !paused) isDirty = true;
      if (!isPaused && paused) decide();
      isPaused = paused;
    },
    finish,
  };
}
