import { priceOf } from '../../src/core/domain/cost.ts';
import type { TaskEntry } from '../../src/core/domain/task.ts';
import type { Decision, PoolEntry, TypeLimits } from '../../src/core/scheduling/core.ts';
import type { Catalogue, Facts, PlaceRule, PoolView, Strategy, TaskView } from '../../src/core/strategies/strategy.ts';
import { someFacts } from './strategy-views.ts';

type Run = { readonly task: TaskEntry; readonly pool: number };

/**
 * The decision core written for reading: before every decision it sorts all waiting tasks and tries all pools. Nothing is kept but what
 * happened, so it cannot forget to wake anybody. The real core must decide exactly the same.
 */
export class NaiveCore {
  readonly waiting = new Map<number, TaskEntry>();
  readonly running = new Map<number, Run>();
  readonly pools = new Map<number, PoolEntry>();
  readonly #limits = new Map<string, TypeLimits>();
  readonly #names: string[] = [];
  #strategy: Strategy | undefined;
  #epoch = 0;

  submit = (task: TaskEntry) => void this.waiting.set(task.seq, task);
  cancel = (seq: number) => this.waiting.delete(seq);
  finish = (seq: number) => void this.running.delete(seq);
  setPool = (pool: PoolEntry) => void this.pools.set(pool.id, pool);
  removePool = (id: number) => void this.pools.delete(id);
  setTypeLimits = (limits: TypeLimits) => void this.#limits.set(limits.type, limits);

  setStrategy(strategy: Strategy, epoch: number): void {
    this.#strategy = strategy;
    this.#epoch = epoch;
  }

  decide(now: number, limit: number): Decision[] {
    const decisions: Decision[] = [];
    while (decisions.length < limit) {
      const next = this.#next(now);
      if (next === undefined) break;
      const { task, pool } = next;
      this.waiting.delete(task.seq);
      this.running.set(task.seq, { task, pool });
      const { seq, attempt, slots } = task;
      decisions.push({ seq, attempt: attempt + 1, poolId: pool, slots, epoch: this.#epoch, algorithm: this.#strategy!.name });
    }
    return decisions;
  }

  /** Whether any waiting task could start: what an empty answer of the real core denies. */
  couldStart = (now: number) => this.#next(now) !== undefined;

  order(): number[] {
    return this.#sorted().map((task) => task.seq);
  }

  loadOf = (pool: number) => sum([...this.running.values()].filter((run) => run.pool === pool).map((run) => run.task.slots));

  runningOf = (type: string, tenant?: string) =>
    [...this.running.values()].filter(({ task }) => task.type === type && (tenant === undefined || task.tenant === tenant)).length;

  #sorted(): TaskEntry[] {
    const keyed = [...this.waiting.values()].map((task) => ({ task, key: this.#strategy!.order.key(this.#view(task)) }));
    return keyed.sort((a, b) => a.key - b.key || a.task.seq - b.task.seq).map(({ task }) => task);
  }

  /** The first in order that may start; a task that may not keeps those of its kind behind it. */
  #next(now: number): { task: TaskEntry; pool: number } | undefined {
    const blocked = new Set<string>();
    for (const task of this.#sorted()) {
      const limits = this.#limits.get(task.type);
      const need = JSON.stringify([task.type, task.resourceType, task.region, task.regionMode, task.slots, this.#priceCap(task)]);
      const tenant = `${need} ${limits?.perTenant == null ? '' : task.tenant}`;
      if (blocked.has(need) || blocked.has(tenant)) continue;
      if (this.runningOf(task.type) >= (limits?.total ?? Infinity)) blocked.add(need);
      else if (this.runningOf(task.type, task.tenant) >= (limits?.perTenant ?? Infinity)) blocked.add(tenant);
      else {
        const pool = this.#place(task, now);
        if (pool !== undefined) return { task, pool };
        blocked.add(need);
      }
    }
    return undefined;
  }

  #place(task: TaskEntry, now: number): number | undefined {
    const { rings, rules, rule } = this.#strategy!.place;
    const usable = [...this.pools.values()].filter((pool) => this.#mayRun(task, pool));
    const atHome = (pool: PoolEntry) => pool.region === task.region;
    const reach =
      task.regionMode === 'require' && task.region !== null
        ? [{ within: 'home', openAfterMs: 0 } as const]
        : rings.filter((ring) => ring.within === 'any' || task.region !== null);
    let couldServe = false;
    for (const { within, openAfterMs = 0 } of reach) {
      if (couldServe && task.readyAt + openAfterMs > now) return undefined;
      const pools = usable.filter((pool) => within === 'any' || atHome(pool));
      const roomy = pools.filter((pool) => this.#hasRoom(task, pool));
      const view = this.#view(task);
      if (roomy.length > 0) return this.#pick(rules[rule?.(view) ?? 0]!, view, roomy);
      couldServe ||= pools.some((pool) => pool.capacity >= task.slots);
    }
    return undefined;
  }

  #mayRun(task: TaskEntry, pool: PoolEntry): boolean {
    return (
      (pool.accepts === undefined || pool.accepts.includes(task.type)) &&
      (task.resourceType === null || task.resourceType === pool.resourceType) &&
      (task.maxCost === null || priceOf(task.cost, pool.costPerUnit) <= task.maxCost)
    );
  }

  #hasRoom(task: TaskEntry, pool: PoolEntry): boolean {
    if (pool.state !== 'active' || pool.capacity - this.loadOf(pool.id) < task.slots) return false;
    const here = [...this.running.values()].filter((run) => run.pool === pool.id && run.task.type === task.type).length;
    return here < (pool.typeLimits[task.type] ?? Infinity);
  }

  #pick(rule: PlaceRule, task: TaskView, roomy: readonly PoolEntry[]): number {
    const views = roomy.map((pool) => this.#poolView(pool));
    const tie = (pool: PoolView) => rule.tie?.(pool) ?? 0;
    const base = (pool: PoolView) => rule.base(pool, task.region, this.#facts());
    views.sort((a, b) => base(a) - base(b) || tie(a) - tie(b) || a.id - b.id);
    if (rule.pick === 'first-fit') return views[0]!.id;
    if (rule.pick === 'most-free') return views.reduce((best, pool) => (pool.free > best.free ? pool : best)).id;
    const score = (pool: PoolView) => sum((rule.terms ?? []).map((term) => term.weight * term.value(task, pool, this.#facts())));
    const scored = views.slice(0, rule.pick.best).map((pool) => ({ pool, score: score(pool) }));
    return scored.reduce((best, one) => (one.score < best.score ? one : best)).pool.id;
  }

  #priceCap(task: TaskEntry): number {
    if (task.maxCost === null) return Infinity;
    const payable = [...this.pools.values()].map((pool) => pool.costPerUnit).filter((price) => priceOf(task.cost, price) <= task.maxCost!);
    return Math.max(-1, ...payable);
  }

  #id(name: string): number {
    if (!this.#names.includes(name)) this.#names.push(name);
    return this.#names.indexOf(name);
  }

  #view(task: TaskEntry): TaskView {
    return {
      ...task,
      tenant: this.#id(task.tenant),
      type: this.#id(task.type),
      region: task.region === null ? -1 : this.#id(task.region),
      since: task.readyAt,
      deadline: task.deadline ?? Infinity,
      estimateMs: task.estimateMs ?? 0,
    };
  }

  #poolView(pool: PoolEntry): PoolView {
    return { ...pool, region: this.#id(pool.region), free: pool.capacity - this.loadOf(pool.id), failureRatio: 0.05, carbonGramsPerKwh: 0 };
  }

  #facts(): Facts {
    const latencies = this.#strategy!.latencies ?? [];
    const largest = Math.max(0, ...latencies.map((latency) => latency.ms));
    const catalogue: Catalogue = {
      largestLatencyMs: largest,
      dearestPrice: Math.max(0, ...[...this.pools.values()].map((pool) => pool.costPerUnit)),
      latencyMs: (from, to) => {
        if (from === to || from === -1 || to === -1) return 0;
        const [a, b] = [this.#names[from]!, this.#names[to]!];
        return latencies.find(({ between }) => between.includes(a) && between.includes(b))?.ms ?? largest;
      },
    };
    return someFacts(catalogue);
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
