import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { EpochMs } from '../src/core/domain/units.ts';
import { createSchedulingCore, type SchedulingCore } from '../src/core/scheduling/core.ts';
import { listStrategies } from '../src/core/strategies/listing.ts';
import { createStrategy } from '../src/core/strategies/registry.ts';
import type { Strategy } from '../src/core/strategies/strategy.ts';
import { type Decider, linearScan, objectHeaps } from './decide-baselines.ts';
import { firstReadyAt, mulberry32, poolsOf, taskSource } from './decide-workload.ts';
import type { Metric } from './metric.ts';

export interface DecideOptions {
  /** Wire names, or `all`; default one of each class and `learned`. */
  readonly strategies?: readonly string[];
  /** Tasks that wait throughout. Default 1,000,000. */
  readonly waiting?: number;
  /** Pools of ten slots, all full. Default 10,000. */
  readonly pools?: number;
  /** Measured cycles. Default 500,000; heaps of objects run a tenth of them, the linear scan a hundredth. */
  readonly cycles?: number;
}

interface Measured {
  readonly perSecond: number;
  /** Of this process's own time, its collector included: what a busy machine leaves alone. */
  readonly perCpuSecond: number;
  readonly p50Us: number;
  readonly p99Us: number;
}

/** Decisions a second that others have published, for the order of magnitude: whole systems on other machines. */
const published: readonly (readonly [scheduler: string, rate: number])[] = [
  ['Slurm, published', 500],
  ['kube-scheduler, published', 810],
  ['Nomad, published', 3_750],
];

/** Work of one step of a switch, as the server takes it. */
const switchStep = 5_000;

/**
 * The decision core alone, in one thread: tasks wait, all pools are full, and one cycle is finish + submit + decide (so one decision).
 * The baselines run the same cycle on the same tasks and pools in the same process, ours first.
 */
export async function decide(options: DecideOptions = {}): Promise<Metric[]> {
  const { waiting = 1_000_000, pools = 10_000, cycles = 500_000 } = options;
  const names = namesOf(options.strategies);
  const metrics: Metric[] = [];
  const ours = names.map((name) => ({ name, ...measureCore(name, waiting, pools, cycles) }));
  const scan = measureBaseline(linearScan, waiting, pools, Math.ceil(cycles / 100));
  const heaps = measureBaseline(objectHeaps, waiting, pools, Math.ceil(cycles / 10));
  for (const { name, cycle, bytesPerTask } of ours) {
    metrics.push(metric(`${name}: decisions`, cycle.perSecond, '1/s', 'linear scan of pools', scan.cycle.perSecond));
    metrics.push(metric(`${name}: decisions`, cycle.perSecond, '1/s', 'heaps of objects', heaps.cycle.perSecond));
    for (const [scheduler, rate] of published) metrics.push(metric(`${name}: decisions`, cycle.perSecond, '1/s', scheduler, rate));
    metrics.push(metric(`${name}: decisions of own CPU time`, cycle.perCpuSecond, '1/s', 'heaps of objects', heaps.cycle.perCpuSecond));
    metrics.push(metric(`${name}: p50`, cycle.p50Us, 'us', 'heaps of objects', heaps.cycle.p50Us));
    metrics.push(metric(`${name}: p99`, cycle.p99Us, 'us', 'heaps of objects', heaps.cycle.p99Us));
    metrics.push(metric(`${name}: memory per waiting task`, bytesPerTask, 'B', 'heaps of objects', heaps.bytesPerTask));
  }
  return [...metrics, ...measureSwitch(waiting, pools)];
}

function namesOf(chosen: readonly string[] | undefined): readonly string[] {
  if (chosen === undefined) return ['fifo', 'priority', 'min_cost', 'region_aware', 'f1', 'fair_share', 'learned'];
  return chosen.includes('all') ? listStrategies().map((strategy) => strategy.name) : chosen;
}

function metric(name: string, value: number, unit: string, baseline: string | null = null, baselineValue: number | null = null): Metric {
  const ratio = baselineValue === null ? null : value / baselineValue;
  return { bench: 'decide', metric: name, value, unit, baseline, baseline_value: baselineValue, ratio };
}

function measureCore(name: string, waiting: number, pools: number, cycles: number): { cycle: Measured; bytesPerTask: number } {
  const core = createSchedulingCore();
  for (const pool of poolsOf(pools)) core.setPool(pool);
  const strategy = strategyNamed(name);
  core.setStrategy(strategy, 1, 1, 0);
  // One that waits for better pools is measured where nobody wants to wait any longer.
  let now = firstReadyAt + (strategy.place.wait === undefined ? 0 : 3_600_000);
  // A strategy that plans is measured as it decides while no plan comes, so its tasks must have waited for one.
  const stepMs = strategy.place.plan === undefined ? 1 : 10 * strategy.place.plan.everyMs;
  // One that learns is told how attempts end.
  const outcome = strategy.learn === undefined ? undefined : 'succeeded';
  const decider: Decider = {
    submit(task) {
      now = Math.max(now, task.readyAt);
      core.submit(task);
    },
    finish: (seq) => core.finish(seq, now, outcome),
    decide() {
      now += stepMs;
      return core.decide(now).map((decision) => decision.seq);
    },
  };
  return measure(decider, waiting, 10 * pools, cycles);
}

function measureBaseline(make: (pools: ReturnType<typeof poolsOf>) => Decider, waiting: number, pools: number, cycles: number) {
  return measure(make(poolsOf(pools)), waiting, 10 * pools, cycles);
}

/** Fills the pools, then the queue, then runs the cycles. */
function measure(decider: Decider, waiting: number, slots: number, cycles: number): { cycle: Measured; bytesPerTask: number } {
  const next = taskSource();
  const running: number[] = [];
  while (running.length < slots) {
    for (let i = running.length; i < slots; i++) decider.submit(next());
    running.push(...decider.decide());
  }
  const before = usedBytes();
  for (let i = 0; i < waiting; i++) decider.submit(next());
  decider.decide();
  const bytesPerTask = Math.max(0, usedBytes() - before) / waiting;
  const random = mulberry32(3);
  const cycle = () => {
    const at = Math.floor(random() * running.length);
    const task = next();
    const start = process.hrtime.bigint();
    decider.finish(running[at]!);
    decider.submit(task);
    const started = decider.decide();
    const ns = Number(process.hrtime.bigint() - start);
    if (started.length !== 1) throw new Error(`a cycle started ${started.length} tasks`);
    running[at] = started[0]!;
    return ns;
  };
  for (let i = 0; i < cycles / 10; i++) cycle();
  const ns = new Float64Array(cycles);
  const start = process.hrtime.bigint();
  const cpuBefore = process.cpuUsage();
  for (let i = 0; i < cycles; i++) ns[i] = cycle();
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  const perCpuSecond = cycles / (cpuMs(cpuBefore) / 1e3);
  ns.sort();
  return {
    cycle: {
      perSecond: cycles / seconds,
      perCpuSecond,
      p50Us: ns[Math.floor(cycles * 0.5)]! / 1e3,
      p99Us: ns[Math.floor(cycles * 0.99)]! / 1e3,
    },
    bytesPerTask,
  };
}

/** A switch while decisions go on: the longest pause between two turns of the loop, and the time to the swap. */
function measureSwitch(waiting: number, pools: number): Metric[] {
  const core = createSchedulingCore();
  for (const pool of poolsOf(pools)) core.setPool(pool);
  const now = firstReadyAt + 10 * pools + waiting;
  core.setStrategy(strategyNamed('fifo'), 1, 1, now);
  const next = taskSource();
  for (let i = 0; i < 10 * pools + waiting; i++) core.submit(next());
  core.decide(now);
  const metrics: Metric[] = [];
  for (const name of ['priority', 'region_aware', 'min_cost', 'fifo']) {
    const { longestMs, longestCpuMs, totalMs } = switchTo(core, strategyNamed(name), now, () => core.submit(next()));
    metrics.push(
      metric(`switch to ${name}: longest pause`, longestMs, 'ms'),
      metric(`switch to ${name}: longest pause, own CPU time`, longestCpuMs, 'ms'),
      metric(`switch to ${name}: until it decides`, totalMs, 'ms'),
    );
  }
  return metrics;
}

function switchTo(core: SchedulingCore, strategy: Strategy, now: EpochMs, event: () => void) {
  let longestMs = 0;
  let longestCpuMs = 0;
  const timed = <T>(work: () => T): T => {
    const start = performance.now();
    const cpuBefore = process.cpuUsage();
    const result = work();
    longestCpuMs = Math.max(longestCpuMs, cpuMs(cpuBefore));
    longestMs = Math.max(longestMs, performance.now() - start);
    return result;
  };
  const start = performance.now();
  const pending = timed(() => core.prepareStrategy(strategy, now));
  while (!timed(() => pending.step(switchStep))) event();
  timed(() => pending.swap(2, 1, now));
  timed(() => core.decide(now));
  const totalMs = performance.now() - start;
  while (!timed(() => pending.clear(switchStep))) event();
  return { longestMs, longestCpuMs, totalMs };
}

function strategyNamed(name: string): Strategy {
  const made = createStrategy(name);
  if (made.kind !== 'made') throw new Error(made.message);
  return made.strategy;
}

function cpuMs(since: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1e3;
}

/** JavaScript heap and typed arrays in use after a full collection; what has been freed but not collected must not count. */
function usedBytes(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
