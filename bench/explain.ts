import { createSchedulingCore, type DecisionRecord } from '../src/core/scheduling/core.ts';
import { createStrategy } from '../src/core/strategies/registry.ts';
import type { Strategy } from '../src/core/strategies/strategy.ts';
import { firstReadyAt, mulberry32, poolsOf, taskSource } from './decide-workload.ts';
import type { Metric } from './metric.ts';

export interface ExplainOptions {
  /** Tasks that wait. Default 1,000,000. */
  readonly waiting?: number;
  /** Pools of ten slots, all full. Default 10,000. */
  readonly pools?: number;
  /** Tasks asked about. Default 500. */
  readonly asked?: number;
}

/** After the last task was ready. */
const now = firstReadyAt + 10_000_000;

/** Why any of many tasks waits, what would start it, where another would go, and what it costs to keep why each one went where it went. */
export async function explain({ waiting = 1_000_000, pools = 10_000, asked = 500 }: ExplainOptions = {}): Promise<Metric[]> {
  const { core, next, seqs } = filled(waiting, pools);
  const random = mulberry32(5);
  const any = () => seqs[Math.floor(random() * seqs.length)]!;
  const metrics = [
    ...timed('reason of a task', asked, () => core.holdOf(any(), now)),
    ...timed('explanation of a task', asked, () => core.explain(any(), now)),
    ...timed('what would start a task', Math.ceil(asked / 10), () => core.unlock(any(), now)),
    ...timed('a page of pools with every demand', Math.ceil(asked / 10), () => core.poolFits(any(), 0, 100)),
    ...timed('preview', asked, () => core.preview({ ...next(), seq: 0 }, now)),
    ...timed('all waiting work by reason', 5, () => core.waitingGroups(now)),
  ];
  return [...metrics, ...recordCost(pools)];
}

function filled(waiting: number, pools: number) {
  const core = createSchedulingCore();
  for (const pool of poolsOf(pools)) core.setPool(pool);
  core.setStrategy(strategyNamed('min_cost'), 1, 1, 0);
  const next = taskSource();
  let at = now - 60_000;
  let running = 0;
  while (running < 10 * pools) {
    for (let i = running; i < 10 * pools; i++) core.submit(next());
    running += core.decide(at).length;
  }
  const seqs: number[] = [];
  for (let i = 0; i < waiting; i++) {
    const task = next();
    seqs.push(task.seq);
    core.submit(task);
  }
  // Some come and go, so that forecasts have something to go by.
  for (let seq = 1; seq <= 1_000; seq++) {
    at += 50;
    core.finish(seq, at, 'succeeded');
    core.decide(at);
  }
  return { core, next, seqs: seqs.filter((seq) => core.holdOf(seq, now) !== undefined) };
}

function timed(name: string, times: number, ask: () => unknown): Metric[] {
  for (let i = 0; i < Math.min(20, times); i++) ask();
  const us = Float64Array.from({ length: times }, () => {
    const start = process.hrtime.bigint();
    ask();
    return Number(process.hrtime.bigint() - start) / 1e3;
  }).sort();
  return [
    metric(`${name}: p50`, us[Math.floor(times * 0.5)]!, 'us'),
    metric(`${name}: p99`, us[Math.min(times - 1, Math.floor(times * 0.99))]!, 'us'),
  ];
}

/** Own CPU time of a decision with its record, beside one without, in turns. */
function recordCost(pools: number): Metric[] {
  return ['min_cost', 'region_aware'].map((name) => {
    const [without, withRecord] = [deciding(name, pools, false), deciding(name, pools, true)];
    let us = [0, 0];
    for (let round = 0; round < 6; round++) us = [us[0]! + without(), us[1]! + withRecord()];
    const ratio = us[1]! / us[0]!;
    const each = { value: us[1]! / 6, baseline: 'without', baseline_value: us[0]! / 6, ratio };
    return { bench: 'explain', metric: `${name}: finish + submit + decide with its record`, unit: 'us', ...each };
  });
}

/** @returns a batch of cycles, and the own CPU time of one in it, in microseconds */
function deciding(name: string, pools: number, keepsRecords: boolean): () => number {
  const core = createSchedulingCore();
  for (const pool of poolsOf(pools)) core.setPool(pool);
  core.setStrategy(strategyNamed(name), 1, 1, 0);
  const next = taskSource();
  const random = mulberry32(3);
  const records: DecisionRecord[] | undefined = keepsRecords ? [] : undefined;
  let at = now;
  const decide = () => {
    if (records !== undefined) records.length = 0;
    return core.decide(++at, Number.POSITIVE_INFINITY, records).map(({ seq }) => seq);
  };
  const running: number[] = [];
  while (running.length < 10 * pools) {
    for (let i = running.length; i < 10 * pools; i++) core.submit(next());
    running.push(...decide());
  }
  for (let i = 0; i < 10 * pools; i++) core.submit(next());
  decide();
  const cycles = 20_000;
  return () => {
    const before = process.cpuUsage();
    for (let i = 0; i < cycles; i++) {
      const place = Math.floor(random() * running.length);
      core.finish(running[place]!, at);
      core.submit(next());
      running[place] = decide()[0]!;
    }
    const { user, system } = process.cpuUsage(before);
    return (user + system) / cycles;
  };
}

function metric(name: string, value: number, unit: string): Metric {
  return { bench: 'explain', metric: name, value, unit, baseline: null, baseline_value: null, ratio: null };
}

function strategyNamed(name: string): Strategy {
  const made = createStrategy(name);
  if (made.kind !== 'made') throw new Error(made.message);
  return made.strategy;
}
