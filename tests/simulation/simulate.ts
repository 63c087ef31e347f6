import { createHash } from 'node:crypto';
import { TaskRouterError } from '../../src/core/domain/errors.ts';
import type { RuleId } from '../../src/core/domain/invariants/rule.ts';
import { checkInvariants } from '../../src/core/domain/invariants.ts';
import type { Ms } from '../../src/core/domain/units.ts';
import { createSeededRandom } from '../../src/core/replay/seeded-random.ts';
import { createVirtualClock } from '../../src/core/replay/virtual-clock.ts';
import { createClients } from './clients.ts';
import { createDisk } from './disk.ts';
import { createFleet } from './fleet.ts';
import { createRecorder } from './history.ts';
import { drawKnobs, type FaultKind, type Knobs } from './knobs.ts';
import { createOperators } from './operators.ts';
import { createReader } from './readers.ts';
import type { Problem, Stage } from './stage.ts';
import { createSupervisor, retentionOf } from './supervisor.ts';
import type { Tampering } from './tampering.ts';
import { createWorkChecks } from './work-checks.ts';
import { worldOf } from './world.ts';

export interface SimulationOptions {
  readonly seed: number;
  /** Kinds of faults to leave out: what shrinking turns off. */
  readonly without?: readonly FaultKind[];
  readonly tampering?: Tampering;
  /** Ends the run at this virtual time, unjudged. */
  readonly untilMs?: Ms;
  readonly trace?: (line: string) => void;
}

export interface SimulationResult {
  readonly seed: number;
  readonly knobs: Knobs;
  /** Equal seeds, equal digests: of every committed row, the counters and how it went. */
  readonly digest: string;
  readonly problems: readonly Problem[];
  /** Virtual time at which the first problem showed. */
  readonly atMs: Ms;
  readonly events: number;
  readonly starts: number;
  readonly tasks: number;
  readonly rows: number;
  readonly checked: readonly RuleId[];
  readonly probes: ReadonlyMap<string, number>;
}

/** Codes that any request may be refused with while faults are at work; `down`: nobody listens. */
const alwaysPossible = ['down', 'starting', 'draining', 'storage_full', 'storage_failed', 'overloaded'];
const eventsPerCheck = 7;
const eventsPerFullCheck = 700;
/** Once faults have stopped. */
const restWithinMs = 30 * 60_000;
/** What was timed while the wall clock was an hour ahead may be due an hour after it was put right, twice where it was set back in between. */
const clockSkewMs = 2 * 3_700_000;
const hopelessEvents = 200_000;

/** One run of the real engine on a virtual clock, under everything its seed draws. */
export async function simulate(options: SimulationOptions): Promise<SimulationResult> {
  const root = createSeededRandom(options.seed);
  const tie = root.fork('ties');
  const clock = createVirtualClock({ tie: () => tie.next() });
  const knobs = drawKnobs(root, options.without);
  const recorder = createRecorder();
  const problems: Problem[] = [];
  const checked = new Set<RuleId>();
  const checkWork = createWorkChecks({ clockIsRight: !knobs.on.has('wall-jumps') });
  const tampering = options.tampering ?? {};
  let isFaulty = true;
  let wantsCheck = false;
  let wantsFullCheck = false;
  let events = 0;
  let ambushes: (() => void)[] = [];

  const stage: Stage = {
    clock,
    knobs,
    recorder,
    random: (label) => root.fork(label),
    isFaulty: () => isFaulty,
    has: (kind) => knobs.on.has(kind),
    isReady: () => supervisor.process?.isReady === true,
    async ask(expected, call) {
      const server = supervisor.process;
      if (server === undefined) return { kind: 'refused', code: 'down' };
      const answered = call(server.engine).then(
        (value) => ({ kind: 'ok', value }) as const,
        (error: unknown) => {
          const code = error instanceof TaskRouterError ? error.code : 'error';
          if (![...alwaysPossible, ...expected].includes(code))
            stage.problem('error', error instanceof Error ? (error.stack ?? error.message) : String(error));
          recorder.probe(`refused: ${code}`);
          return { kind: 'refused', code } as const;
        },
      );
      return Promise.race([answered, server.died]);
    },
    ambush: (act) => void ambushes.push(act),
    problem: (rule, message) => void problems.push({ rule, message }),
    trace:
      options.trace === undefined ? () => {} : (message) => options.trace?.(`${clock.monotonicMs().toFixed(1).padStart(10)} ${message}`),
  };

  const disk = createDisk(stage);
  const reader = createReader(stage, tampering);
  const supervisor = createSupervisor(
    { stage, disk, tampering, wasGiven: (task) => fleet.wasGiven(task) },
    {
      booted: ({ engine }) => reader.connect(engine),
      ready: () => {
        wantsFullCheck = true;
      },
      rush: () => clients.rush(),
      committed: () => {
        const due = ambushes;
        ambushes = [];
        for (const act of due) clock.soon(act);
      },
    },
  );
  const clients = createClients(stage);
  const operators = createOperators(stage);
  const fleet = createFleet(stage);
  clock.after(knobs.faultsStopMs, () => {
    isFaulty = false;
    stage.trace('faults stop');
    operators.heal();
    clients.giveUpHopeless();
  });

  supervisor.boot();
  await turn();
  const limitMs = knobs.faultsStopMs + restWithinMs + (stage.has('wall-jumps') ? clockSkewMs : 0);
  const isUnjudged = await run();
  if (!isUnjudged && problems.length === 0) await finish();

  return {
    seed: options.seed,
    knobs,
    digest: digest(),
    problems,
    atMs: clock.monotonicMs(),
    events,
    starts: supervisor.starts,
    tasks: recorder.known.length,
    rows: recorder.rows,
    checked: [...checked],
    probes: recorder.probes,
  };

  /** @returns true when it was cut short. */
  async function run(): Promise<boolean> {
    while (problems.length === 0 && !isAtRest()) {
      if (clock.nextAt() > (options.untilMs ?? Number.POSITIVE_INFINITY)) return true;
      if (clock.monotonicMs() > limitMs || events > hopelessEvents) {
        await check('full', true);
        if (problems.length === 0) stage.problem('L1', 'all tasks have ended and it does not come to rest');
        return false;
      }
      await step();
    }
    return false;
  }

  async function step(): Promise<void> {
    try {
      clock.runNext();
    } catch (error) {
      stage.problem('error', error instanceof Error ? (error.stack ?? error.message) : String(error));
    }
    recorder.saw(clock.now());
    await turn();
    supervisor.reap();
    events++;
    if (events % eventsPerCheck === 0) wantsCheck = true;
    if (events % eventsPerFullCheck === 0) wantsFullCheck = true;
    // Memory is compared with the rows when the turn is over: in the middle of it, what a commit means may not have been applied yet.
    const isTurnOver = clock.nextAt() > clock.monotonicMs();
    if (isTurnOver && (wantsCheck || wantsFullCheck)) await checkNow();
  }

  async function checkNow(): Promise<void> {
    const depth = wantsFullCheck ? 'full' : 'light';
    wantsCheck = false;
    wantsFullCheck = false;
    await check(depth, false);
    if (depth === 'light' && problems.length > 0) await check('full', false); // every rule that is broken, not only the cheap ones
  }

  function isAtRest(): boolean {
    const server = supervisor.process;
    if (isFaulty || server?.isReady !== true || !operators.isHealed || clients.unknown > 0) return false;
    const { delayed, queued, processing } = server.store.counts().byStatus;
    if (delayed + queued + processing > 0) return false;
    return server.store.snapshot().simulations.every((simulation) => simulation.status !== 'running');
  }

  async function check(depth: 'light' | 'full', atRest: boolean): Promise<void> {
    const server = supervisor.process;
    if (server === undefined) return;
    const idle = server.underWay() === 0 && server.store.state() === 'ok';
    const world = await worldOf(server, { depth, atRest, idle, now: clock.now(), history: () => recorder.history(retention()) });
    const { violations, checked: rules } = checkInvariants(world);
    for (const rule of rules) checked.add(rule);
    for (const { rule, message, seq } of violations) stage.problem(rule, seq === undefined ? message : `task ${seq}: ${message}`);
    for (const { rule, message } of checkWork(world, clock.monotonicMs())) stage.problem(rule, message);
  }

  function retention() {
    return knobs.on.has('retention') ? retentionOf(knobs) : undefined;
  }

  async function finish(): Promise<void> {
    await check('full', true);
    const server = supervisor.process;
    if (server === undefined) return;
    for (const { dependsOn, attempt, error, placement } of server.store.snapshot().tasks) {
      if (dependsOn !== null && attempt > 0) recorder.probe('child started');
      if (new Set(placement).size > 1) recorder.probe('gang on several pools');
      if (error?.code === 'dependency_failed') recorder.probe('ended for want of a parent');
    }
    if (server.store.snapshot().log.some(({ type }) => type === 'pool_cooled')) recorder.probe('pool left alone');
    for (const { id, used } of server.engine.nodes.all())
      if (used > 0) stage.problem('I4', `node ${id} has ${used} slots in use when nothing runs`);
    let isDrained = false;
    void server.engine.drain(1_000).then(() => {
      isDrained = true;
    });
    const endMs = clock.monotonicMs() + 10_000;
    while (clock.nextAt() <= endMs) {
      clock.runNext();
      await turn();
    }
    if (!isDrained) stage.problem('drain', 'a drain at rest does not end');
    const left = clock.pending(server.owner);
    if (left > 0) stage.problem('leak', `${left} timers are left after a drain`);
  }

  function digest(): string {
    const counts = supervisor.process?.store.counts();
    const course = { events, starts: supervisor.starts, counts, atMs: clock.monotonicMs(), probes: [...recorder.probes] };
    return createHash('sha256').update(recorder.digest()).update(JSON.stringify(course)).digest('hex');
  }
}

/** Lets every promise that is settled have its say. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
