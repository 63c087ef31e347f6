import { isDeepStrictEqual } from 'node:util';
import type { JsonObject } from '../../src/core/domain/json.ts';
import type { Labels } from '../../src/core/domain/label.ts';
import type { PlanAnswer, PlanQuestion } from '../../src/core/domain/plan.ts';
import type { TaskEntry } from '../../src/core/domain/task.ts';
import { answerPlan } from '../../src/core/optimise/answer-plan.ts';
import { createSchedulingCore, type PoolEntry, type StrategySwitch } from '../../src/core/scheduling/core.ts';
import { seededRandom } from '../../src/core/scheduling/seeded-random.ts';
import type { StrategyContext } from '../../src/core/strategies/registry.ts';
import type { Overtaking, Strategy } from '../../src/core/strategies/strategy.ts';
import { NaiveCore } from './naive-core.ts';
import { anEntry, aPool, aStrategy, constraintsOf } from './scheduling.ts';

const regions = ['us-east', 'us-west', 'eu-west', 'mars'];
const types = ['a', 'b', 'c'];
const tenants = ['t1', 't2', 't3'];
const prices = [0, 0.5, 0.55, 1, 2.3];
const asked = [
  'gpu > 8',
  'gpu <= 24, !spot',
  'gpu in (8, 80), zone != a',
  'zone = a',
  'spot',
  'zone not in (a, b), region != us-east',
  'resource_type = gpu, gpu >= 24',
  'gpu = "8"',
].map(constraintsOf);
const regionSets = [['us-west'], ['eu-west', 'us-east'], ['us-east', 'eu-west'], ['mars', 'us-west', 'eu-west']];

const acceptLists = [undefined, undefined, ['a', 'b'], ['c'], ['b']];

/** Data of an installation, so that transfer and carbon count. */
const context: StrategyContext = {
  transferPrices: [
    { from: 'us-east', to: 'us-west', usdPerGb: 0.02 },
    { from: 'us-west', to: 'us-east', usdPerGb: 0.02 },
    { from: 'us-east', to: 'eu-west', usdPerGb: 0.05 },
    { from: 'mars', to: 'us-east', usdPerGb: 0.5 },
  ],
  carbonForecast: {
    startsAt: 600,
    stepMs: 4_000,
    gramsPerKwh: { 'us-east': Array.from({ length: 90 }, (_, i) => 200 + 190 * Math.sin(i)), 'eu-west': [30, 20, 10] },
  },
};

/** One choice of strategies; `switches` picks among `strategies` now and then. */
export interface StreamOptions {
  readonly seed: number;
  readonly events: number;
  readonly strategies: readonly { readonly name: string; readonly params?: JsonObject; readonly overtaking?: Overtaking }[];
}

export interface StreamSeen {
  readonly decisions: number;
  /** Of these, gangs that started on more than one pool. */
  readonly scattered: number;
  /** Rounds of decisions while some pool was kept for a task. */
  readonly keeping: number;
}

/**
 * Feeds one random stream of events to the real core and the naive one and compares everything that can be seen from outside after every
 * event.
 * @throws Error at the first difference, naming seed and event.
 */
export function compareOnStream({ seed, events, strategies }: StreamOptions): StreamSeen {
  const random = seededRandom(seed);
  const below = (n: number) => Math.floor(random() * n);
  const oneOf = <T>(items: readonly T[]): T => items[below(items.length)]!;
  const core = createSchedulingCore({ origin: 500, estimates: 'stated' });
  const naive = new NaiveCore(500);
  const nextId = { seq: 1, pool: 1, epoch: 1 };
  const ended: TaskEntry[] = [];
  // Few pools are full most of the time; with many, more than eight have room.
  const mostPools = seed % 4 === 0 ? 14 : 8;
  // Most streams have many kinds of tasks and so short lanes; in some all tasks are alike, and lanes are long and full of tombstones.
  const isVaried = seed % 3 !== 1;
  // Without limits of tenants a tenant has no lanes of its own.
  const limitsTenants = seed % 2 === 0;
  // Which limits are known to be reached depends on what was looked at, and so does who is first of a need behind them.
  const isKeeping = strategies.some(({ overtaking }) => overtaking?.reservations !== undefined);
  // An hour ends on the way, and with it a window of spending.
  let now = 3_600_000 - 30_000;
  let decisions = 0;
  let scattered = 0;
  const plans = strategies.some(({ name }) => name === 'optimal_batch');
  const questions: PlanQuestion[] = [];
  let keeping = 0;
  let pending: { readonly change: StrategySwitch; readonly naively: Strategy } | undefined;

  function strategy() {
    const { name, params, overtaking = { strict: 'shape' } } = oneOf(strategies);
    // One for each core: some keep what they learn.
    const make = (): Strategy => ({ ...aStrategy(name, params ?? {}, context), overtaking });
    return { really: make(), naively: make() };
  }

  function switchNow(next = strategy()): void {
    const epoch = nextId.epoch++;
    pending = undefined;
    core.setStrategy(next.really, epoch, seed, now);
    naive.setStrategy(next.naively, epoch, seed, now);
  }

  function switchInSteps(): void {
    if (pending === undefined) {
      const next = strategy();
      pending = { naively: next.naively, change: core.prepareStrategy(next.really, now) };
    } else if (below(8) === 0) {
      pending.change.discard();
      pending = undefined;
    } else if (pending.change.step(1 + below(6)) || below(10) === 0) {
      const epoch = nextId.epoch++;
      pending.change.swap(epoch, seed, now);
      pending.change.clear(1); // the rest stays until the next switch
      naive.setStrategy(pending.naively, epoch, seed, now);
      pending = undefined;
    }
  }

  function newTask(): TaskEntry {
    const common = { seq: nextId.seq++, tenant: oneOf(tenants), priority: 1 + below(10), readyAt: now - below(oneOf([1, 20_000])) };
    if (!isVaried) return anEntry({ ...common, type: 'a' });
    const cost = oneOf([0.5, 1, 3]);
    return anEntry({
      ...common,
      type: oneOf(types),
      cost,
      region: below(6) === 0 ? null : oneOf(regions),
      regions: below(6) === 0 ? oneOf(regionSets) : null,
      regionMode: below(6) === 0 ? 'require' : 'prefer',
      constraints: below(6) === 0 ? oneOf(asked) : null,
      resourceType: oneOf([null, null, 'cpu', 'gpu'] as const),
      slots: oneOf([1, 1, 1, 2, 4]),
      parts: oneOf([1, 1, 1, 1, 2, 3, 5]),
      ...runTimes(oneOf([null, 100, 1_000, 1_000, 7_000]), common.seq),
      deadline: below(3) === 0 ? now + below(30_000) : null,
      maxCost: below(4) === 0 ? cost * oneOf(prices) : null,
    });
  }

  /** Some limits are near what is expected, so that tasks surely end in time. */
  function runTimes(estimateMs: number | null, seq: number): Partial<TaskEntry> {
    return estimateMs !== null && seq % 3 === 0 ? { estimateMs, timeoutMs: 3 * estimateMs } : { estimateMs };
  }

  function poolFields(id: number): PoolEntry {
    const pool = poolOfOne(id);
    return below(3) > 0 ? pool : { ...pool, ...machinesOf(pool) };
  }

  /** Slots of several machines, of which some run parts, and some of them types of their own: then each type is limited to the slots there are for it. */
  function machinesOf({ capacity, typeLimits }: PoolEntry): Partial<PoolEntry> {
    const partNodes: { slots: number; count: number; types: readonly string[] }[] = [];
    for (let left = capacity; left > 0; ) {
      const slots = 1 + below(left);
      left -= slots;
      if (below(4) > 0) partNodes.push({ slots, count: 1, types: below(4) > 0 ? ['*'] : [oneOf(types)] });
    }
    const isMixed = partNodes.some((node) => !node.types.includes('*'));
    const limits = isMixed ? { ...Object.fromEntries(types.map((type) => [type, capacity])), ...typeLimits } : typeLimits;
    return { partNodes, runsParts: partNodes.length > 0, typeLimits: limits };
  }

  function poolOfOne(id: number): PoolEntry {
    return aPool({
      id,
      region: oneOf(regions.slice(0, 3)),
      resourceType: oneOf(['cpu', 'gpu'] as const),
      costPerUnit: oneOf(prices),
      capacity: below(6),
      state: oneOf(['active', 'active', 'active', 'paused', 'draining'] as const),
      accepts: oneOf(acceptLists),
      typeLimits: below(5) === 0 ? { [oneOf(types)]: below(3) } : {},
      labels: someLabels(),
      speed: oneOf([1, 1, 0.5, 3]),
      carbonGramsPerKwh: oneOf([0, 30, 400]),
      runsParts: below(10) > 0,
    });
  }

  function someLabels(): Labels {
    return {
      ...(below(2) === 0 ? { gpu: oneOf([8, 24, 80, '8']) } : {}),
      ...(below(2) === 0 ? { zone: oneOf(['a', 'b', 'c']) } : {}),
      ...(below(4) === 0 ? { spot: 1 } : {}),
    };
  }

  function changePool(): void {
    const known = [...naive.pools.values()];
    const id = known.length < mostPools && below(3) > 0 ? nextId.pool++ : known.length === 0 ? nextId.pool++ : oneOf(known).id;
    const before = naive.pools.get(id);
    const fields = poolFields(id);
    // Mostly one thing at a time, as an operator does.
    const single = [
      { capacity: fields.capacity },
      { state: fields.state },
      { costPerUnit: fields.costPerUnit },
      { labels: fields.labels },
      fields,
    ][below(5)]!;
    const pool = before === undefined ? fields : { ...before, ...single };
    core.setPool(pool);
    naive.setPool(pool);
  }

  function removePool(): void {
    const empty = [...naive.pools.keys()].filter((id) => naive.loadOf(id) === 0);
    if (empty.length === 0) return;
    const id = oneOf(empty);
    core.removePool(id);
    naive.removePool(id);
  }

  function submit(task: TaskEntry): void {
    core.submit(task);
    naive.submit(task);
  }

  function cancel(seq: number): void {
    check(core.cancel(seq) === naive.cancel(seq), () => `cancel of ${seq}`);
  }

  function cancelMaybe(seq: number): void {
    if (below(10) < 7) cancel(seq);
  }

  function end(seq: number): void {
    const { task } = naive.running.get(seq)!;
    ended.push({ ...task, attempt: task.attempt + 1 });
    const outcome = oneOf(['succeeded', 'succeeded', 'failed', 'timed_out', 'cancelled', 'released', 'lost', undefined] as const);
    const cost = below(3) === 0 ? 0 : naive.running.get(seq)!.price;
    core.finish(seq, now, outcome, cost);
    naive.finish(seq, now, outcome, cost);
  }

  function limitType(): void {
    const number = () => oneOf([null, null, 0, 1, 2, 5]);
    const limits = { type: oneOf(types), total: number(), perTenant: number(), takesTurns: limitsTenants && below(2) === 0 };
    core.setTypeLimits(limits);
    naive.setTypeLimits(limits);
  }

  function limitTenant(): void {
    const maxRunning = oneOf([null, null, 0, 1, 3]);
    const limits = { tenant: oneOf(tenants), maxRunning, guaranteed: oneOf([0, 0, 1, 2]), weight: oneOf([1, 1, 2, 5]), ...tenantQuotas() };
    core.setTenantLimits(limits);
    naive.setTenantLimits(limits);
  }

  function tenantQuotas() {
    const limit = oneOf([null, null, 0, 1, 3, 12]);
    const typeLimits = below(3) === 0 ? { [oneOf(types)]: below(3) } : {};
    return { typeLimits, spend: limit === null ? null : ({ limit, window: 'hour' } as const) };
  }

  function decide(): void {
    const limit = oneOf([1, 2, 1_000, 1_000]);
    const real = core.decide(now, limit);
    const expected = naive.decide(now, limit);
    check(isDeepStrictEqual(real, expected), () => `decided ${JSON.stringify(real)}, expected ${JSON.stringify(expected)}`);
    decisions += real.length;
    scattered += real.filter(({ parts = [] }) => new Set(parts).size > 1).length;
    if (naive.kept.length > 0) keeping++;
    if (real.length === limit) return; // nobody asked what is kept from those behind
    const kept = core.keptPools().map(({ poolId, seq }) => ({ poolId, seq }));
    check(isDeepStrictEqual(kept, naive.kept), () => `kept ${JSON.stringify(kept)}, expected ${JSON.stringify(naive.kept)}`);
    const dueAt = core.nextDueAt();
    check(
      dueAt <= now ? real.length > 0 : !naive.couldStart(dueAt - 1 < 1e15 ? dueAt - 1 : now + 1e9),
      () => 'nothing wakes a task that will be able to start',
    );
  }

  /** Of a strategy that plans: asks, or answers in time, late or a question that is void. */
  function plan(): void {
    check(core.planWantedAt() === naive.planWantedAt(), () => `plan wanted at ${core.planWantedAt()}, expected ${naive.planWantedAt()}`);
    if (questions.length === 0 || below(3) === 0) {
      const asked = core.askPlan(now);
      const expected = naive.askPlan(now);
      check(isDeepStrictEqual(asked, expected), () => `asked ${JSON.stringify(asked)}, expected ${JSON.stringify(expected)}`);
      if (asked === undefined) return;
      questions.push(asked);
    }
    if (questions.length > 0 && below(3) > 0) {
      const question = below(4) > 0 ? questions.at(-1)! : oneOf(questions);
      const answer = below(2) === 0 ? answerPlan(question) : someAnswer(question);
      const said = core.setPlan(answer, now);
      check(isDeepStrictEqual(said, naive.setPlan(answer, now)), () => `plan says ${JSON.stringify(said)}`);
    }
  }

  /** Feasible, and nothing else. */
  function someAnswer({ number, supply, capacity, cost }: PlanQuestion): PlanAnswer {
    const [left, room] = [Array.from(supply), Array.from(capacity)];
    const parts: number[][] = [];
    for (let at = 0; at < cost.length; at++) {
      const [row, cell] = [Math.floor(at / room.length), at % room.length];
      const slots = cost[at] === Infinity ? 0 : below(1 + Math.min(left[row]!, room[cell]!));
      left[row]! -= slots;
      room[cell]! -= slots;
      if (slots > 0) parts.push([row, cell, slots]);
    }
    const column = (i: number) => Int32Array.from(parts, (part) => part[i]!);
    return { number, row: column(0), cell: column(1), slots: column(2), optimal: false };
  }

  function event(): string {
    if (plans && below(9) === 0) {
      plan();
      return 'plan';
    }
    const dice = below(100);
    if (dice === 0 && !isVaried) for (let i = 0; i < 100; i++) submit(newTask());
    else if (dice === 1 && !isVaried) for (const seq of [...naive.waiting.keys()]) cancelMaybe(seq);
    else if (dice < 34) submit(newTask());
    else if (dice < 38 && ended.length > 0) submit(ended.splice(below(ended.length), 1)[0]!);
    else if (dice < 46 && naive.waiting.size > 0) {
      cancel(below(2) === 0 ? naive.order()[0]! : oneOf([...naive.waiting.keys()]));
    } else if (dice < 68 && naive.running.size > 0) end(oneOf([...naive.running.keys()]));
    else if (dice < 71) changePool();
    else if (dice < 72) removePool();
    else if (dice < 73 && !isKeeping) limitType();
    else if (dice < 74 && !isKeeping && limitsTenants) limitTenant();
    else if (dice < 75 && strategies.length > 1) switchNow();
    else if (dice < 80 && strategies.length > 1) switchInSteps();
    else if (dice < 84) now += below(3_000);
    else {
      decide();
      return 'decided';
    }
    return `${dice}`;
  }

  let at = 0;
  let last = '';
  function check(holds: boolean, message: () => string): void {
    if (!holds) throw new Error(`seed ${seed}, event ${at} (${last}): ${message()}`);
  }

  function conserve(): void {
    check(core.waiting === naive.waiting.size, () => `${core.waiting} wait, expected ${naive.waiting.size}`);
    for (const id of naive.pools.keys()) check(core.loadOf(id) === naive.loadOf(id), () => `load of pool ${id} is ${core.loadOf(id)}`);
    for (const type of types) {
      check(core.runningOf(type) === naive.runningOf(type), () => `running of ${type}`);
      for (const tenant of tenants)
        check(core.runningOf(type, tenant) === naive.runningOf(type, tenant), () => `running of ${type} ${tenant}`);
    }
    if (at % 16 === 0) check(isDeepStrictEqual(core.order(), naive.order()), () => 'order');
    if (last === 'decided')
      for (const tenant of tenants)
        check(isDeepStrictEqual(core.spendingOf(tenant, 'hour', now), naive.spendingOf(tenant, now)), () => `money of ${tenant}`);
  }

  switchNow();
  for (; at < events; at++) {
    last = event();
    conserve();
  }
  return { decisions, scattered, keeping };
}
