import type { DecisionRecord } from '../../src/core/domain/decision.ts';
import type { JsonObject } from '../../src/core/domain/json.ts';
import type { TaskEntry } from '../../src/core/domain/task.ts';
import { answerPlan } from '../../src/core/optimise/answer-plan.ts';
import {
  createSchedulingCore,
  type Decision,
  type PoolEntry,
  type SchedulingCore,
  type TenantLimits,
  type TypeLimits,
} from '../../src/core/scheduling/core.ts';
import { seededRandom } from '../../src/core/scheduling/seeded-random.ts';
import { anEntry, aPool, aStrategy, constraintsOf } from './scheduling.ts';

const regions = ['us-east', 'us-west', 'eu-west', 'mars'];
const types = ['a', 'b', 'c'];
const tenants = ['t1', 't2', 't3'];
const prices = [0.5, 1, 2.3];
const asked = ['gpu > 8', 'zone = a', 'zone != b', 'gpu <= 24, zone in (a, b)'].map(constraintsOf);

type Event = (core: SchedulingCore) => void;

/** What happened to a core so far, and what may happen next. */
export interface CoreStream {
  readonly core: SchedulingCore;
  readonly now: number;
  readonly pools: ReadonlyMap<number, PoolEntry>;
  /** Seqs that wait. */
  readonly waiting: ReadonlyMap<number, TaskEntry>;
  below(n: number): number;
  oneOf<T>(items: readonly T[]): T;
  /** A task that nobody has seen, later than all others. */
  newTask(): TaskEntry;
  submit(task: TaskEntry): void;
  typeLimits(type: string): TypeLimits;
  tenantLimits(tenant: string): TenantLimits;
  /** Decides until nothing is left. */
  settle(): readonly Decision[];
  /** A core to which the same happened. */
  twin(): SchedulingCore;
}

export interface CoreStreamOptions {
  readonly seed: number;
  readonly events: number;
  readonly strategies: readonly { readonly name: string; readonly params?: JsonObject }[];
  /** Called after every decision, with the core as it is then. */
  readonly onDecided?: (stream: CoreStream, decision: Decision, record: DecisionRecord) => void;
  /** Called when everything is decided. */
  readonly onSettled: (stream: CoreStream) => void;
  /** Tasks of 1 slot and no wishes for the most part: queues are long. */
  readonly isPlain?: boolean;
}

/** A core in the hands of chance: tasks come, end and are cancelled, pools and limits change, strategies are switched, time passes. */
export function streamThroughCore({ seed, events, strategies, onSettled, onDecided, isPlain = false }: CoreStreamOptions): void {
  const random = seededRandom(seed);
  const below = (n: number) => Math.floor(random() * n);
  const oneOf = <T>(items: readonly T[]): T => items[below(items.length)]!;
  const history: Event[] = [];
  const core = createSchedulingCore({ origin: 500 });
  const pools = new Map<number, PoolEntry>();
  const waiting = new Map<number, TaskEntry>();
  const running = new Map<number, number>();
  const ofTypes = new Map<string, TypeLimits>();
  const ofTenants = new Map<string, TenantLimits>();
  let now = 1_000;
  let nextSeq = 1;
  let epoch = 1;

  function happen(event: Event): void {
    history.push(event);
    event(core);
  }

  function newTask(): TaskEntry {
    const seq = nextSeq++;
    const common = { seq, tenant: oneOf(tenants), priority: 1 + below(10), readyAt: now - below(oneOf([1, 20_000])) };
    if (isPlain && below(4) > 0) return anEntry({ ...common, type: 'a' });
    const cost = oneOf([1, 3]);
    return anEntry({
      ...common,
      type: oneOf(types),
      cost,
      region: below(6) === 0 ? null : oneOf(regions),
      regions: below(6) === 0 ? [oneOf(regions), 'eu-west'] : null,
      regionMode: below(3) === 0 ? 'require' : 'prefer',
      resourceType: oneOf([null, null, 'cpu', 'gpu'] as const),
      constraints: below(4) === 0 ? oneOf(asked) : null,
      slots: oneOf([1, 1, 1, 2, 4]),
      parts: oneOf([1, 1, 1, 1, 2, 3]),
      estimateMs: oneOf([null, 100, 7_000]),
      deadline: below(3) === 0 ? now + below(30_000) : null,
      maxCost: below(4) === 0 ? cost * oneOf(prices) : null,
    });
  }

  function changePool(): void {
    const id = pools.size < 7 && below(3) > 0 ? pools.size + 1 : 1 + below(Math.max(1, pools.size));
    const before = pools.get(id);
    const fields = aPool({
      id,
      region: oneOf(regions.slice(0, 3)),
      resourceType: oneOf(['cpu', 'gpu'] as const),
      costPerUnit: oneOf(prices),
      capacity: below(6),
      state: oneOf(['active', 'active', 'active', 'paused', 'draining'] as const),
      accepts: oneOf([undefined, undefined, ['a', 'b'], ['c']]),
      typeLimits: below(5) === 0 ? { [oneOf(types)]: below(3) } : {},
      labels: oneOf([{}, { zone: 'a' }, { zone: 'b', gpu: 24 }]),
    });
    const single = [{ capacity: fields.capacity }, { state: fields.state }, { costPerUnit: fields.costPerUnit }, fields][below(4)]!;
    const pool = before === undefined ? fields : { ...before, ...single };
    pools.set(id, pool);
    happen((one) => one.setPool(pool));
  }

  function submit(task: TaskEntry): void {
    waiting.set(task.seq, task);
    happen((one) => one.submit(task));
  }

  function decide(limit: number): readonly Decision[] {
    const at = now;
    const records: DecisionRecord[] = [];
    const decisions = core.decide(at, limit, records);
    for (const [i, decision] of decisions.entries()) onDecided?.(stream, decision, records[i]!);
    history.push((one) => void one.decide(at, limit));
    for (const { seq, poolId } of decisions) {
      waiting.delete(seq);
      running.set(seq, poolId);
    }
    return decisions;
  }

  function cancel(seq: number): void {
    waiting.delete(seq);
    happen((one) => void one.cancel(seq));
  }

  function end(seq: number): void {
    const at = now;
    running.delete(seq);
    happen((one) => one.finish(seq, at, 'succeeded'));
  }

  function limit(): void {
    const some = () => oneOf([null, null, 0, 1, 2, 5]);
    const ofType = { type: oneOf(types), total: some(), perTenant: some() };
    const ofTenant = { tenant: oneOf(tenants), maxRunning: some(), guaranteed: oneOf([0, 0, 1]), weight: oneOf([1, 2]) };
    if (below(2) === 0) {
      ofTypes.set(ofType.type, ofType);
      happen((one) => one.setTypeLimits(ofType));
    } else {
      ofTenants.set(ofTenant.tenant, ofTenant);
      happen((one) => one.setTenantLimits(ofTenant));
    }
  }

  function switchStrategy(): void {
    const { name, params } = oneOf(strategies);
    const [number, at] = [epoch++, now];
    happen((one) => one.setStrategy(aStrategy(name, params ?? {}), number, seed, at));
  }

  function plan(): void {
    const at = now;
    happen((one) => {
      const question = one.askPlan(at);
      if (question !== undefined) one.setPlan(answerPlan(question), at);
    });
  }

  const stream: CoreStream = {
    ...{ core, pools, waiting, below, oneOf, newTask, submit },
    get now() {
      return now;
    },
    typeLimits: (type) => ofTypes.get(type) ?? { type, total: null, perTenant: null },
    tenantLimits: (tenant) => ofTenants.get(tenant) ?? { tenant, maxRunning: null, guaranteed: 0, weight: 1 },
    settle: () => decide(1e9),
    twin() {
      const twin = createSchedulingCore({ origin: 500 });
      for (const event of history) event(twin);
      return twin;
    },
  };

  switchStrategy();
  for (let i = 0; i < 3; i++) changePool();
  for (let at = 0; at < events; at++) {
    const dice = below(100);
    if (dice < 40) submit(newTask());
    else if (dice < 45 && waiting.size > 0) cancel(oneOf([...waiting.keys()]));
    else if (dice < 65 && running.size > 0) end(oneOf([...running.keys()]));
    else if (dice < 70) changePool();
    else if (dice < 73) limit();
    else if (dice < 75 && strategies.length > 1) switchStrategy();
    else if (dice < 80) now += below(3_000);
    else if (dice < 81 && core.planWantedAt() < Number.POSITIVE_INFINITY) plan();
    else {
      const most = oneOf([1, 1_000, 1_000]);
      if (decide(most).length < most) onSettled(stream);
    }
  }
}
