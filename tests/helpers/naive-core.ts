import { isDeepStrictEqual } from 'node:util';
import type { AttemptOutcome } from '../../src/core/domain/attempt.ts';
import type { Constraint } from '../../src/core/domain/constraint.ts';
import { priceOf, priceOfParts, roundMoney } from '../../src/core/domain/cost.ts';
import type { PlanAnswer, PlanInForce, PlanQuestion } from '../../src/core/domain/plan.ts';
import type { TaskEntry } from '../../src/core/domain/task.ts';
import type { Decision, PoolEntry, TenantLimits, TypeLimits } from '../../src/core/scheduling/core.ts';
import type { Catalogue, Facts, PoolView, RingRule, RunOutcome, Strategy, TaskView } from '../../src/core/strategies/strategy.ts';
import { NaivePicks } from './naive-picks.ts';
import { NaivePlan, type PlanWorld, type Token } from './naive-plan.ts';
import { NaiveMoney, NaiveTurns } from './naive-quotas.ts';
import { NaiveReservations, type NaiveRun } from './naive-reservations.ts';
import { NaiveWork } from './naive-work.ts';
import { partsBeside, partsOnNodes } from './parts-on-nodes.ts';
import { someFacts } from './strategy-views.ts';

type Run = NaiveRun & {
  /** By part. */
  readonly kinds: readonly string[];
  readonly charged: number;
  /** Set aside for it. */
  readonly price: number;
};
/** The pool of every part. */
type Chosen = { readonly pools: readonly number[]; readonly tokens: readonly (Token | undefined)[] };
type NaiveRing = { readonly within: RingRule['within']; readonly opensAt: number; readonly pools: readonly PoolEntry[] };
type Candidate = { readonly task: TaskEntry; readonly rank: number; readonly key: number };
type Laned = Candidate & { readonly inNeed: number; readonly need: string; readonly shape: string; readonly lane: string };

/** No pool has room. */
const noRoom = 'no room';

/**
 * The decision core written for reading: before every decision it sorts all waiting tasks and tries all pools. Nothing is kept but what
 * happened, so it cannot forget to wake anybody. The real core must decide exactly the same.
 */
export class NaiveCore {
  readonly #origin: number;
  readonly waiting = new Map<number, TaskEntry>();
  /** Time that all pools need for all there was when the task got ready. */
  readonly #backlogs = new Map<number, number>();
  readonly running = new Map<number, Run>();
  readonly pools = new Map<number, PoolEntry>();
  readonly #limits = new Map<string, TypeLimits>();
  readonly #accounts = new Map<string, TenantLimits>();
  /** Weighted use; what is used later counts `#scale` times as much, so that nothing has to fade. */
  readonly #used = new Map<string, number>();
  #scale = 1;
  #halfLifeMs = Infinity;
  #fadedFrom = 0;
  #decidedAt = -Infinity;
  readonly #names: string[] = [];
  readonly #picks = new NaivePicks();
  readonly #turns = new NaiveTurns();
  readonly #money = new NaiveMoney();
  readonly #kept: NaiveReservations;
  readonly #work = new NaiveWork();
  // Only to be quick: what a task looks like never changes, and what it needs not before the pools do.
  readonly #views = new WeakMap<TaskEntry, TaskView>();
  readonly #needs = new WeakMap<TaskEntry, { readonly pools: number; readonly text: string }>();
  readonly #priceCaps = new WeakMap<TaskEntry, { readonly pools: number; readonly cap: number }>();
  readonly #ringsOf = new WeakMap<TaskEntry, { readonly pools: number; readonly epoch: number; readonly rings: NaiveRing[] }>();
  #poolVersion = 0;
  /** Until when tasks were put off on purpose, and the slots that were promised to steps of the forecast. */
  readonly #asleep = new Map<number, number>();
  readonly #promised = new Map<string, number>();
  /** By pool: attempts that ended by themselves, and those that failed. */
  readonly #ends = new Map<number, { readonly runs: number; readonly failures: number }>();
  readonly #outcomes: RunOutcome[] = [];
  #strategy: Strategy | undefined;
  #epoch = 0;
  #plan: NaivePlan | undefined;
  #plans = 0;
  /** By pool: parts of the gang that is being placed. */
  #placed = new Map<number, number>();
  #slotsPlaced = 0;
  #latest = 0;

  constructor(origin: number) {
    this.#origin = origin;
    this.#kept = new NaiveReservations(this.pools, this.running);
  }

  submit(task: TaskEntry): void {
    if (!this.#isActive(task.tenant)) {
      const others = this.#tenants().filter((tenant) => tenant !== task.tenant);
      if (others.length > 0)
        this.#used.set(task.tenant, Math.max(this.#usedBy(task.tenant), Math.min(...others.map((one) => this.#usedBy(one)))));
    }
    if (!this.#waitingOf(task.type).includes(task.tenant)) this.#turns.enter(task.type, task.tenant);
    this.waiting.set(task.seq, task);
    const there = [...this.waiting.values(), ...[...this.running.values()].map((run) => run.task)];
    const capacity = sum([...this.pools.values()].map((pool) => pool.capacity));
    this.#backlogs.set(
      task.seq,
      Math.fround(sum(there.map((one) => one.parts * one.slots * (one.estimateMs ?? one.timeoutMs))) / capacity),
    );
    this.#latest = Math.max(this.#latest, task.seq);
    this.#plan?.enter();
    this.#putOff(task);
  }

  cancel(seq: number): boolean {
    this.#kept.cancelled(seq);
    this.#asleep.delete(seq);
    return this.waiting.delete(seq);
  }

  finish(seq: number, now: number, outcome: AttemptOutcome | undefined, cost: number): void {
    const { task, pools, startedAt, charged } = this.running.get(seq)!;
    const there = pools.map((pool) => this.pools.get(pool)!);
    if (task.parts === 1 && outcome !== undefined && ['succeeded', 'failed', 'timed_out', 'lost'].includes(outcome)) {
      const pool = pools[0]!;
      const { runs, failures } = this.#endsOf(pool);
      const succeeded = outcome === 'succeeded';
      this.#ends.set(pool, { runs: runs + 1, failures: failures + (succeeded ? 0 : 1) });
      this.#outcomes.push({
        ...{ type: this.#id(task.type), slots: task.slots, units: task.cost },
        pool: this.#poolView(this.pools.get(pool)!),
        succeeded,
        runMs: now - startedAt,
      });
      this.#strategy!.learn?.outcome(this.#outcomes.at(-1)!);
    }
    this.#work.ended(task, outcome, (now - startedAt) * Math.min(...there.map(({ speed }) => speed)));
    if (charged > 0) this.#charge(task.tenant, task.parts * task.slots * (now - startedAt) - charged);
    this.#money.pay(task.tenant, now, cost);
    this.running.delete(seq);
    for (const pool of there) this.#plan?.giveBack(pool, task.slots);
  }

  setPool(pool: PoolEntry): void {
    const before = this.pools.get(pool.id);
    if (before === undefined || !isDeepStrictEqual({ ...before, state: pool.state }, pool)) this.#picks.poolsChanged();
    this.pools.set(pool.id, pool);
    this.#poolVersion++;
    this.#plan?.changePools();
  }

  removePool(id: number): void {
    this.pools.delete(id);
    this.#picks.poolsChanged();
    this.#poolVersion++;
    this.#plan?.changePools();
  }

  setTypeLimits(limits: TypeLimits): void {
    this.#limits.set(limits.type, limits);
    this.#turns.set(limits.type, limits.takesTurns === true, this.#waitingOf(limits.type));
  }

  setTenantLimits(limits: TenantLimits): void {
    this.#used.set(limits.tenant, this.#usedBy(limits.tenant) * (this.#weightOf(limits.tenant) / limits.weight));
    this.#accounts.set(limits.tenant, limits);
  }

  setStrategy(strategy: Strategy, epoch: number, seed: number, now: number): void {
    this.#decidedAt = now;
    this.#picks.begin(seed);
    this.#strategy = strategy;
    strategy.learn?.restart();
    for (const outcome of this.#outcomes.slice(-4_096)) strategy.learn?.outcome(outcome);
    this.#kept.restart(this.#overtaking?.reservations);
    this.#epoch = epoch;
    this.#fade(now);
    this.#work.restart(this.#rankedAt(now));
    const { plan } = strategy.place;
    this.#plan = plan === undefined ? undefined : new NaivePlan(strategy, plan, this.#planWorld());
  }

  planWantedAt = () => (this.#plan === undefined || this.waiting.size === 0 ? Infinity : this.#origin + this.#plan.wantedAt());

  askPlan(now: number): PlanQuestion | undefined {
    if (this.#plan === undefined) return undefined;
    return this.#plan.ask(this.#withinQuotas(now), ++this.#plans, this.#latest, now - this.#origin);
  }

  setPlan(answer: PlanAnswer, now: number): PlanInForce | undefined {
    const tokens = this.#plan?.apply(answer, now - this.#origin);
    return tokens === undefined ? undefined : { epoch: this.#epoch, tokens };
  }

  decide(now: number, limit: number): Decision[] {
    const decisions: Decision[] = [];
    this.#decidedAt = now;
    for (const [seq, until] of this.#asleep) if (until <= now) this.#asleep.delete(seq);
    this.#fade(now);
    this.#work.rank(this.#rankedAt(now));
    this.#plan?.advance(now - this.#origin);
    this.#beginKeeping(now);
    while (decisions.length < limit) {
      const next = this.#next(now);
      if (next === undefined) break;
      // A start changes who is first where tenants take turns.
      if (this.#strategy?.order.class === 'share') this.#kept.nobodyIsFirst();
      const { task, pools, tokens } = next;
      for (const token of tokens) this.#plan?.spend(token);
      this.waiting.delete(task.seq);
      const taken = this.#turns.start(task.type, task.tenant);
      const turn = taken === 0 ? undefined : { type: task.type, tenant: task.tenant, taken };
      const there = pools.map((pool) => this.pools.get(pool)!);
      const prices = there.map(({ costPerUnit }) => costPerUnit);
      const price = task.parts === 1 ? priceOf(task.cost, prices[0]!) : priceOfParts(task.cost, prices);
      const { order } = this.#strategy!;
      const charged = order.class === 'share' && order.share === 'charge' ? order.charge(this.#view(task)) : 0;
      this.#charge(task.tenant, charged);
      const kinds = there.map(({ resourceType }) => resourceType);
      const expectedMs = task.estimateMs === null ? Infinity : task.estimateMs / Math.min(...there.map(({ speed }) => speed));
      this.running.set(task.seq, { task, pools, kinds, startedAt: now, expectedMs, charged, price });
      this.#kept.started(this.#need(task), now);
      const { seq, attempt, type, slots } = task;
      const parts = task.parts === 1 ? undefined : pools;
      decisions.push({
        seq,
        attempt: attempt + 1,
        poolId: pools[0]!,
        type,
        slots,
        parts,
        epoch: this.#epoch,
        algorithm: this.#strategy!.name,
        turn,
      });
    }
    return decisions;
  }

  #putOff(task: TaskEntry): void {
    const { place, carbonForecast: forecast } = this.#strategy!;
    const view = this.#view(task);
    const delayMs = place.release?.(view, this.#facts()) ?? 0;
    if (delayMs <= 0) return;
    const until = Math.max(this.#decidedAt, task.readyAt) + delayMs;
    this.#asleep.set(task.seq, until);
    const first = Math.floor((until - forecast!.startsAt) / forecast!.stepMs);
    const steps = Math.max(1, Math.ceil(view.estimateMs / forecast!.stepMs));
    for (let i = 0; i < steps; i++) {
      const key = `${view.region} ${first + i}`;
      this.#promised.set(key, (this.#promised.get(key) ?? 0) + task.parts * task.slots);
    }
  }

  #endsOf = (pool: number) => this.#ends.get(pool) ?? { runs: 0, failures: 0 };

  /** Whether any waiting task could start: what an empty answer of the real core denies. */
  couldStart = (now: number) =>
    this.#picks.trial(() =>
      this.#kept.trial(() => {
        this.#beginKeeping(now);
        return this.#next(now) !== undefined;
      }),
    );

  /** Pools kept for tasks that wait long. */
  get kept(): { readonly poolId: number; readonly seq: number }[] {
    return this.#kept.all.flatMap(({ rooms, task }) => rooms.map(({ pool }) => ({ poolId: pool, seq: task.seq })));
  }

  /** As of the last decision. */
  order(): number[] {
    const now = this.#decidedAt;
    const awake = [...this.waiting.values()].filter((task) => !this.#asleep.has(task.seq));
    const asleep = [...this.#asleep].toSorted((a, b) => a[1] - b[1] || a[0] - b[0]).map(([seq]) => seq);
    return [...this.#sorted(awake.map((task) => this.#candidate(task, now))).map((task) => task.seq), ...asleep];
  }

  loadOf = (pool: number) => sum([...this.running.values()].map((run) => run.task.slots * partsIn(run.pools, pool)));

  runningOf = (type: string, tenant?: string) =>
    [...this.running.values()].filter(({ task }) => task.type === type && (tenant === undefined || task.tenant === tenant)).length;

  /** Tasks that may be next: those that nothing with the same needs and limits goes before. */
  #candidates(now: number): Candidate[] {
    const { order } = this.#strategy!;
    const waiting = [...this.waiting.values()].filter((task) => (this.#asleep.get(task.seq) ?? now) <= now);
    if (order.class === 'static') {
      const firsts = new Map<string, Candidate>();
      for (const task of waiting) {
        const one = this.#candidate(task, now);
        const lane = `${this.#shape(task)} ${this.#laneMark(task)}`;
        const first = firsts.get(lane);
        if (first === undefined || isBefore(one, first)) firsts.set(lane, one);
      }
      return [...firsts.values()];
    }
    const heads = new Map<string, { task: TaskEntry; key: number }>();
    for (const task of waiting) {
      const view = this.#view(task);
      const lane = `${this.#shape(task)} ${order.class === 'slope' ? order.bucket(view) : task.tenant}`;
      const key = order.class === 'slope' ? view.since : order.key(view);
      const head = heads.get(lane);
      if (head === undefined || key < head.key || (key === head.key && task.seq < head.task.seq)) heads.set(lane, { task, key });
    }
    return [...heads.values()].map(({ task }) => this.#candidate(task, now));
  }

  #candidate(task: TaskEntry, now: number): Candidate {
    const { order } = this.#strategy!;
    const view = this.#view(task);
    const guaranteed = this.#accounts.get(task.tenant)?.guaranteed ?? 0;
    const preferred = this.#runningOfTenant(task.tenant) < guaranteed;
    if (order.class === 'static') {
      const isLate = order.late !== undefined && order.late.after(view) < now - this.#origin;
      return { task, rank: preferred ? -1 : 0, key: isLate ? order.late.key(view) : order.key(view) };
    }
    if (order.class === 'slope') {
      return { task, rank: preferred ? -1 : 0, key: order.rank(view, this.#waitedAt(now, view), this.#work.ratio) };
    }
    if (order.share === 'charge') return { task, rank: preferred ? -1 : this.#usedBy(task.tenant), key: order.key(view) };
    return { task, rank: preferred ? -1 : this.#dominant(task, task.parts * task.slots), key: this.#dominant(task, 0) };
  }

  /** When waiting tasks were ranked last. */
  #rankedAt(now: number): number {
    const { order } = this.#strategy!;
    const every = order.class === 'slope' ? order.refreshMs : 0;
    return every === 0 ? now - this.#origin : Math.floor((now - this.#origin) / every) * every;
  }

  #waitedAt = (now: number, view: TaskView) => Math.max(0, this.#rankedAt(now) - view.since);

  #isOverdue(task: TaskEntry, now: number): boolean {
    const { order } = this.#strategy!;
    const view = this.#view(task);
    return order.class === 'slope' && order.isOverdue?.(view, this.#waitedAt(now, view), this.#work.ratio) === true;
  }

  #dominant(task: TaskEntry, slots: number): number {
    const kind = task.resourceType ?? 'cpu';
    const held = (of: string) => {
      const running = [...this.running.values()].filter((run) => run.task.tenant === task.tenant);
      const used = sum(running.map((run) => run.task.slots * run.kinds.filter((kind) => kind === of).length));
      const capacity = sum([...this.pools.values()].filter((pool) => pool.resourceType === of).map((pool) => pool.capacity));
      return (used + (of === kind && slots > 0 ? slots : 0)) / Math.max(1, capacity);
    };
    return Math.max(held('cpu'), held('gpu')) / this.#weightOf(task.tenant);
  }

  #sorted(candidates: readonly Candidate[]): TaskEntry[] {
    return candidates.toSorted((a, b) => a.rank - b.rank || a.key - b.key || a.task.seq - b.task.seq).map(({ task }) => task);
  }

  /** The first in order that may start; a task that may not keeps those of its kind behind it. */
  #next(now: number): ({ readonly task: TaskEntry } & Chosen) | undefined {
    const blocked = new Set<string>();
    const canGo = new Set<Laned>();
    const refused = new Map<string, { readonly rings: number; readonly longestMs: number }>();
    // Somebody was refused whom only those may overtake who do not delay it.
    let isPassed = false;
    const queues = this.#queues(now);
    const firsts = queues.map((queue) => this.#firstOf(queue, blocked, canGo, now));
    for (let at = 0; ; firsts[at] = this.#firstOf(queues[at]!, blocked, canGo, now)) {
      // What stops one is its need, shape or lane, so no other queue has another first by that.
      for (let i = 0; i < firsts.length; i++)
        if (firsts[i] !== undefined && (firsts[at] === undefined || isBefore(firsts[i]!, firsts[at]!))) at = i;
      const next = firsts[at];
      if (next === undefined) return undefined;
      const { task, need, lane } = next;
      const before = refused.get(need);
      // Behind one of its kind it may only use what is kept for others: nothing else has room in the rings that were open to that one.
      if (before !== undefined && this.#view(task).estimateMs > before.longestMs) {
        blocked.add(lane);
        continue;
      }
      const chosen = this.#try(next, now, before?.rings);
      if (typeof chosen !== 'string') return { task, ...chosen };
      blocked.add(chosen === noRoom ? lane : chosen);
      if (chosen !== noRoom || before !== undefined) continue;
      const couldServe = this.#couldServe(task, now);
      const rings = this.#openRings(task, now).map(({ pools }) => pools);
      this.#kept.refused(task, need, this.#isOverdue(task, now), rings, this.#view(task).estimateMs, now);
      if (this.#strict === 'global' && couldServe && !isPassed && !this.#kept.has(need)) return undefined;
      isPassed ||= couldServe;
      const longestMs = this.#kept.longest(need, task.slots, rings.flat(), (one) => this.#hasSpace(task, one), now);
      refused.set(need, { rings: rings.length, longestMs });
      if (longestMs === 0) blocked.add(need);
    }
  }

  #couldServe(task: TaskEntry, now: number): boolean {
    return this.#openRings(task, now).some(({ pools }) => {
      const active = pools.filter((one) => one.state === 'active');
      if (task.parts > 1) return couldHold(task, active);
      return active.some((one) => one.capacity >= task.slots && one.typeLimits[task.type] !== 0);
    });
  }

  /** The candidates of each need: by turns, where its tenants take turns, else by the order. */
  #queues(now: number): Laned[][] {
    const queues = new Map<string, Laned[]>();
    for (const one of this.#candidates(now)) {
      const need = this.#need(one.task);
      const shape = this.#shape(one.task, need);
      const takesTurns = this.#turns.takes(one.task.type) && one.rank !== -1;
      const inNeed = takesTurns ? this.#turns.of(one.task.type, one.task.tenant) : one.rank;
      const laned = { ...one, inNeed, need, shape, lane: `lane ${shape} ${this.#laneMark(one.task)}` };
      const queue = queues.get(need);
      if (queue === undefined) queues.set(need, [laned]);
      else queue.push(laned);
    }
    for (const queue of queues.values()) queue.sort((a, b) => a.inNeed - b.inNeed || a.key - b.key || a.task.seq - b.task.seq);
    return [...queues.values()];
  }

  /** The first of a need that nothing stops; where tenants take turns, the first that can go: as that one the need stands among others. */
  #firstOf(queue: Laned[], blocked: Set<string>, canGo: Set<Laned>, now: number): Laned | undefined {
    for (let first = queue[0]; first !== undefined; first = queue[0]) {
      const { need, shape, lane } = first;
      if (blocked.has(need) || blocked.has(shape) || blocked.has(lane)) queue.shift();
      else if (!this.#turns.takes(first.task.type) || canGo.has(first)) return first;
      else {
        const stop = this.#picks.trial(() => this.#try(first, now));
        if (typeof stop === 'string') blocked.add(stop === noRoom ? need : stop);
        else canGo.add(first);
      }
    }
    return undefined;
  }

  /** Where a task would go, or what is stopped with it: its need, shape or lane, or `noRoom`. */
  #try({ task, need, shape, lane }: Laned, now: number, mostRings = Infinity): Chosen | string {
    const limits = this.#limits.get(task.type);
    const account = this.#accounts.get(task.tenant);
    if (this.runningOf(task.type) >= (limits?.total ?? Infinity)) return need;
    if (this.runningOf(task.type, task.tenant) >= (account?.typeLimits?.[task.type] ?? limits?.perTenant ?? Infinity)) return shape;
    if (this.#runningOfTenant(task.tenant) >= (account?.maxRunning ?? Infinity)) return shape;
    const payable = this.#payable(task, now);
    const ring = this.#ringFor(payable, task, now, mostRings);
    if (ring === undefined) return payable === task ? noRoom : lane;
    return this.#placeIn(ring, payable, task, now) ?? lane;
  }

  /** A pool for one part after the other, each with the ones before it in place. */
  #placeIn(ring: NaiveRing, payable: TaskEntry, task: TaskEntry, now: number): Chosen | undefined {
    this.#slotsPlaced = task.slots;
    const pools: number[] = [];
    const tokens: (Token | undefined)[] = [];
    for (let part = 0; part < task.parts; part++) {
      const planned = this.#plan?.pick(task, payable, now - this.#origin);
      const pool = this.#plan === undefined ? this.#pickIn(ring, payable, task, now) : planned?.pool;
      if (pool === undefined) break;
      this.#plan?.spend(planned?.token);
      tokens.push(planned?.token);
      pools.push(pool);
      this.#placed.set(pool, (this.#placed.get(pool) ?? 0) + 1);
    }
    this.#placed.clear();
    for (const token of tokens) this.#plan?.giveTokenBack(token);
    return pools.length < task.parts ? undefined : { pools, tokens };
  }

  /** In order, those that quotas would let start were there room for all; who has to look at the money keeps those behind it. */
  #withinQuotas(now: number): TaskEntry[] {
    const counted = new Map<string, number>();
    const poor = new Set<string>();
    const takes = (limit: string, running: number, most: number | null | undefined) =>
      running + (counted.get(limit) ?? 0) < (most ?? Infinity);
    return this.#sorted([...this.waiting.values()].map((task) => this.#candidate(task, now))).filter((task) => {
      const { type, tenant } = task;
      const limits = this.#limits.get(type);
      const account = this.#accounts.get(tenant);
      const shape = this.#shape(task);
      if (this.#priceCap(task) === -1 || this.#payable(task, now) !== task) poor.add(shape);
      if (poor.has(shape)) return false;
      if (!takes(`type ${type}`, this.runningOf(type), limits?.total)) return false;
      if (!takes(`both ${type} ${tenant}`, this.runningOf(type, tenant), account?.typeLimits?.[type] ?? limits?.perTenant)) return false;
      if (!takes(`tenant ${tenant}`, this.#runningOfTenant(tenant), account?.maxRunning)) return false;
      for (const limit of [`type ${type}`, `both ${type} ${tenant}`, `tenant ${tenant}`]) counted.set(limit, (counted.get(limit) ?? 0) + 1);
      return true;
    });
  }

  #planWorld(): PlanWorld {
    return {
      pools: this.pools,
      loadOf: this.#loadWith,
      mayRun: (task, pool) =>
        this.#suits(task, pool) && pool.costPerUnit <= this.#priceCap(task) && (!isBound(task) || homesOf(task).includes(pool.region)),
      hasSlots: (task, pool) => this.#hasSpace(task, pool),
      hasRoom: (task, pool) => this.#hasSpace(task, pool) && (this.#placed.get(pool.id) ?? 0) < this.#partsBeside(pool, task),
      needOf: (task) => this.#need(task),
      viewOf: (task) => this.#view(task),
      poolViewOf: (pool) => this.#poolView(pool),
      facts: (nowMs) => this.#facts(nowMs),
    };
  }

  /** The task as far as its tenant can pay for it. */
  #payable(task: TaskEntry, now: number): TaskEntry {
    const limit = this.#accounts.get(task.tenant)?.spend?.limit;
    if (limit === undefined) return task;
    const { spent, reserved } = this.spendingOf(task.tenant, now);
    const left = roundMoney(limit - spent - reserved);
    const cap = this.#priceCap(task);
    const prices = [...this.pools.values()].map((pool) => pool.costPerUnit).filter((price) => price <= cap);
    return prices.every((price) => priceOf(task.cost, price) <= left)
      ? task
      : { ...task, maxCost: Math.min(task.maxCost ?? Infinity, left) };
  }

  spendingOf(tenant: string, now: number) {
    const reserved = [...this.running.values()].filter((run) => run.task.tenant === tenant).map((run) => run.price);
    return { ...this.#money.spentBy(tenant, now), reserved: roundMoney(sum(reserved)) };
  }

  #waitingOf = (type: string) => [...this.waiting.values()].filter((task) => task.type === type).map((task) => task.tenant);

  /** Which lane of its shape it is in. */
  #laneMark(task: TaskEntry): string {
    const { order } = this.#strategy!;
    if (order.class === 'static') return this.#estimateMark(task);
    return order.class === 'slope' ? String(order.bucket(this.#view(task))) : task.tenant;
  }

  #estimateMark(task: TaskEntry): string {
    const grain = this.#overtaking?.reservations?.grain;
    if (this.#strict === 'shape' || grain === undefined) return '';
    const { estimateMs } = this.#view(task);
    return String(grain === 1 ? estimateMs : Math.round(Math.log(estimateMs) / Math.log(grain)));
  }

  get #strict() {
    return this.#overtaking?.strict ?? 'shape';
  }

  /** A plan says itself who waits for what. */
  get #overtaking() {
    return this.#strategy?.place.plan === undefined ? this.#strategy?.overtaking : undefined;
  }

  #beginKeeping(now: number): void {
    const isOverdue = (task: TaskEntry) => this.#isOverdue(task, now);
    this.#kept.begin(now, isOverdue, (seq, need) => {
      const task = this.waiting.get(seq);
      return task === undefined || this.#need(task) !== need
        ? undefined
        : (pool) => this.#rings(task).some(({ pools }) => pools.includes(pool));
    });
  }

  #need(task: TaskEntry): string {
    const known = this.#needs.get(task);
    if (known?.pools === this.#poolVersion) return known.text;
    const where = [task.region, homesOf(task).toSorted(), task.regionMode];
    const text = JSON.stringify([task.type, task.resourceType, where, task.constraints, task.slots, task.parts, this.#priceCap(task)]);
    this.#needs.set(task, { pools: this.#poolVersion, text });
    return text;
  }

  #shape(task: TaskEntry, need = this.#need(task)): string {
    const isOwn = this.#limits.get(task.type)?.perTenant != null || this.#turns.takes(task.type) || this.#accounts.has(task.tenant);
    return `${need} ${isOwn ? task.tenant : ''}`;
  }

  #fade(now: number): void {
    const { order } = this.#strategy!;
    if (order.class !== 'share' || order.share !== 'charge') return;
    if (order.halfLifeMs !== this.#halfLifeMs) {
      for (const [tenant, used] of this.#used) this.#used.set(tenant, used / this.#scale);
      this.#halfLifeMs = order.halfLifeMs;
      this.#fadedFrom = now - this.#origin;
      this.#scale = 1;
    } else this.#scale = 2 ** Math.max(0, (now - this.#origin - this.#fadedFrom) / order.halfLifeMs);
  }

  #tenants(): string[] {
    return [...new Set([...this.waiting.values(), ...[...this.running.values()].map((run) => run.task)].map((task) => task.tenant))];
  }

  #isActive = (tenant: string) => this.#tenants().includes(tenant);
  #usedBy = (tenant: string) => this.#used.get(tenant) ?? 0;
  #weightOf = (tenant: string) => this.#accounts.get(tenant)?.weight ?? 1;
  #charge = (tenant: string, amount: number) =>
    void this.#used.set(tenant, this.#usedBy(tenant) + (amount * this.#scale) / this.#weightOf(tenant));
  #runningOfTenant = (tenant: string) => [...this.running.values()].filter((run) => run.task.tenant === tenant).length;

  /** @param owner the task as it is, for what is kept */
  #ringFor(task: TaskEntry, owner: TaskEntry, now: number, mostRings: number): NaiveRing | undefined {
    return this.#openRings(task, now)
      .slice(0, mostRings)
      .find((ring) => sum(ring.pools.map((pool) => this.#partsFor(ring, pool, task, owner, now))) >= task.parts);
  }

  /** Parts that a pool has room for. */
  #partsFor(ring: NaiveRing, pool: PoolEntry, task: TaskEntry, owner: TaskEntry, now: number): number {
    const here = sum([...this.running.values()].filter((run) => run.task.type === task.type).map((run) => partsIn(run.pools, pool.id)));
    const places = Math.min(this.#partsBeside(pool, task), this.#placesLeft(ring, pool, task, owner, now));
    const most = Math.min((pool.typeLimits[task.type] ?? Infinity) - here, places);
    return Math.max(0, Math.min(most, Math.floor(this.#roomIn(ring, pool, task, owner, now) / task.slots)));
  }

  #roomIn(ring: NaiveRing, pool: PoolEntry, task: TaskEntry, owner: TaskEntry, now: number): number {
    const placed = this.#placed.get(pool.id) ?? 0;
    if (!this.#hasSpace(task, pool) || placed >= this.#partsBeside(pool, task)) return 0;
    if (placed >= this.#placesLeft(ring, pool, task, owner, now)) return 0;
    return this.#kept.roomFor(this.#need(owner), task, pool, this.#runMs(ring, pool, task), now) - task.slots * placed;
  }

  /** Parts that leave places to those that are kept. */
  #placesLeft(ring: NaiveRing, pool: PoolEntry, task: TaskEntry, owner: TaskEntry, now: number): number {
    return this.#kept.placesFor(this.#need(owner), task, pool, this.#runMs(ring, pool, task), now);
  }

  #runMs({ pools }: NaiveRing, pool: PoolEntry, task: TaskEntry): number {
    return this.#view(task).estimateMs / (task.parts === 1 ? pool.speed : Math.min(...pools.map((one) => one.speed)));
  }

  /** Parts of a gang that the machines of a pool hold beside those that run. */
  #partsBeside(pool: PoolEntry, task: TaskEntry): number {
    const there = [...this.running.values()].flatMap((run) => run.pools.filter((one) => one === pool.id).map(() => run.task));
    return partsBeside(pool, task, there);
  }

  #pickIn(ring: NaiveRing, task: TaskEntry, owner: TaskEntry, now: number): number | undefined {
    const { rules, rule } = this.#strategy!.place;
    const { pools } = ring;
    const view = this.#view(task);
    const room = (pool: PoolEntry) => this.#roomIn(ring, pool, task, owner, now);
    const seen = pools.map((pool) => ({ view: this.#poolView(pool), room: room(pool), hasRoom: room(pool) >= task.slots }));
    const index = rule?.(view) ?? 0;
    const capped = pools.some(({ typeLimits }) => typeLimits[task.type] !== undefined) ? task.type : '';
    const key = JSON.stringify([index, pools.map(({ id }) => id).toSorted((a, b) => a - b), capped, task.slots]);
    const turns = { key, size: task.slots };
    return this.#picks.pick(rules[index]!, view, seen, this.#facts(), turns);
  }

  /** Pools it may use, ring by ring, as far as rings are open. */
  #openRings(task: TaskEntry, now: number): NaiveRing[] {
    const rings = this.#rings(task);
    const closed = rings.findIndex(({ opensAt }, i) => {
      const couldServe = rings
        .slice(0, i)
        .some(({ pools }) => (task.parts > 1 ? couldHold(task, pools) : pools.some((pool) => pool.capacity >= task.slots)));
      return couldServe && opensAt > now;
    });
    return closed === -1 ? rings : rings.slice(0, closed);
  }

  #rings(task: TaskEntry): NaiveRing[] {
    const known = this.#ringsOf.get(task);
    if (known?.pools === this.#poolVersion && known.epoch === this.#epoch) return known.rings;
    const rings = this.#reach(task).map(({ within, openAfterMs = 0 }) => ({
      within,
      opensAt: task.readyAt + openAfterMs,
      pools: [...this.pools.values()].filter((pool) => this.#admits(task, pool, within)),
    }));
    this.#ringsOf.set(task, { pools: this.#poolVersion, epoch: this.#epoch, rings });
    return rings;
  }

  #reach(task: TaskEntry): readonly RingRule[] {
    const hasHome = homesOf(task).length > 0;
    if (task.regionMode === 'require' && hasHome) return [{ within: 'home' }];
    return this.#strategy!.place.rings.filter((ring) => ring.within === 'any' || hasHome);
  }

  #admits(task: TaskEntry, pool: PoolEntry, within: RingRule['within']): boolean {
    return (within === 'any' || homesOf(task).includes(pool.region)) && pool.costPerUnit <= this.#priceCap(task) && this.#suits(task, pool);
  }

  #suits(task: TaskEntry, pool: PoolEntry): boolean {
    return (
      (task.parts === 1 || pool.runsParts !== false) &&
      (pool.accepts === undefined || pool.accepts.includes(task.type)) &&
      (task.resourceType === null || task.resourceType === pool.resourceType) &&
      (task.constraints ?? []).every((constraint) => isMet(constraint, pool))
    );
  }

  #hasSpace(task: TaskEntry, pool: PoolEntry): boolean {
    const placed = this.#placed.get(pool.id) ?? 0;
    if (pool.state !== 'active' || pool.capacity - this.loadOf(pool.id) < (1 + placed) * task.slots) return false;
    const running = [...this.running.values()].filter((run) => run.task.type === task.type);
    const here = placed + sum(running.map((run) => partsIn(run.pools, pool.id)));
    return here < (pool.typeLimits[task.type] ?? Infinity);
  }

  #priceCap(task: TaskEntry): number {
    if (task.maxCost === null) return Infinity;
    const known = this.#priceCaps.get(task);
    if (known?.pools === this.#poolVersion) return known.cap;
    const payable = [...this.pools.values()].map((pool) => pool.costPerUnit).filter((price) => priceOf(task.cost, price) <= task.maxCost!);
    const cap = Math.max(-1, ...payable);
    this.#priceCaps.set(task, { pools: this.#poolVersion, cap });
    return cap;
  }

  #id(name: string): number {
    if (!this.#names.includes(name)) this.#names.push(name);
    return this.#names.indexOf(name);
  }

  #view(task: TaskEntry): TaskView {
    const known = this.#views.get(task);
    if (known !== undefined) return known;
    const view = {
      ...task,
      slots: task.parts * task.slots,
      tenant: this.#id(task.tenant),
      type: this.#id(task.type),
      region: task.region === null ? -1 : this.#id(task.region),
      since: task.readyAt - this.#origin,
      deadline: task.deadline === null ? Infinity : task.deadline - this.#origin,
      estimateMs: task.estimateMs ?? task.timeoutMs,
      backlogMs: this.#backlogs.get(task.seq)!,
    };
    this.#views.set(task, view);
    return view;
  }

  #poolView(pool: PoolEntry): PoolView {
    const { runs, failures } = this.#endsOf(pool.id);
    const failureRatio = (failures + 1) / (runs + 20);
    return { ...pool, region: this.#id(pool.region), free: pool.capacity - this.#loadWith(pool.id), failureRatio };
  }

  /** With the parts of the gang that is being placed. */
  #loadWith = (pool: number) => this.loadOf(pool) + (this.#placed.get(pool) ?? 0) * this.#slotsPlaced;

  #facts(nowMs = this.#decidedAt - this.#origin): Facts {
    const latencies = this.#strategy!.latencies ?? [];
    const largest = Math.max(0, ...latencies.map((latency) => latency.ms));
    const pools = [...this.pools.values()];
    const transfers = this.#strategy!.transferPrices ?? [];
    const forecast = this.#strategy!.carbonForecast;
    const step = Math.floor((this.#decidedAt - (forecast?.startsAt ?? 0)) / (forecast?.stepMs ?? 1));
    const catalogue: Catalogue = {
      largestLatencyMs: largest,
      dearestPrice: Math.max(0, ...pools.map((pool) => pool.costPerUnit)),
      dirtiestGramsPerKwh: Math.max(0, ...pools.map((pool) => pool.carbonGramsPerKwh)),
      dearestEgressUsdPerGb: Math.max(0, ...transfers.map((transfer) => transfer.usdPerGb)),
      egressUsdPerGb: (from, to) =>
        from === to ? 0 : (transfers.find((one) => one.from === this.#names[from] && one.to === this.#names[to])?.usdPerGb ?? 0),
      latencyMs: (from, to) => {
        if (from === to || from === -1 || to === -1) return 0;
        const [a, b] = [this.#names[from]!, this.#names[to]!];
        return latencies.find(({ between }) => between.includes(a) && between.includes(b))?.ms ?? largest;
      },
    };
    const facts: Partial<Facts> = {
      ...catalogue,
      random: this.#picks.random,
      carbonForecast: (region) => (step < 0 ? [] : (forecast?.gramsPerKwh[this.#names[region]!]?.slice(step) ?? [])),
      carbonStepMs: forecast?.stepMs ?? 3_600_000,
      promised: (region, ahead) => {
        const slots = sum(pools.filter((pool) => pool.region === this.#names[region]).map((pool) => pool.capacity));
        return (this.#promised.get(`${region} ${step + ahead}`) ?? 0) / Math.max(1, slots);
      },
    };
    return someFacts(facts, nowMs);
  }
}

function isBefore(a: Candidate, b: Candidate): boolean {
  return (a.rank - b.rank || a.key - b.key || a.task.seq - b.task.seq) < 0;
}

/** Whether all parts of a gang would fit into these pools, did nothing run there. */
function couldHold(task: TaskEntry, pools: readonly PoolEntry[]): boolean {
  const { slots, parts, type } = task;
  const most = (pool: PoolEntry) => Math.min(pool.typeLimits[type] ?? Infinity, partsOnNodes(pool, task));
  return sum(pools.map((pool) => Math.min(Math.floor(pool.capacity / slots), most(pool)))) >= parts;
}

/** Parts that run in a pool. */
function partsIn(pools: readonly number[], pool: number): number {
  return pools.filter((one) => one === pool).length;
}

/** It may not leave its first ring. */
function isBound(task: TaskEntry): boolean {
  return task.regionMode === 'require' && homesOf(task).length > 0;
}

/** Where its first ring lies; none without a home. */
function homesOf({ region, regions }: TaskEntry): readonly string[] {
  return regions ?? (region === null ? [] : [region]);
}

/** Each operator said again, so that a mistake in one place shows. */
function isMet(constraint: Constraint, pool: PoolEntry): boolean {
  const labels: Record<string, unknown> = { ...pool.labels, region: pool.region, resource_type: pool.resourceType };
  const value = labels[constraint.label];
  const listed = 'values' in constraint && constraint.values.some((one) => one === value);
  const asked = 'value' in constraint ? constraint.value : undefined;
  const difference = typeof value === 'number' && typeof asked === 'number' ? Math.sign(value - asked) : Number.NaN;
  return {
    exists: value !== undefined,
    not_exists: value === undefined,
    '=': value === asked,
    '!=': value !== asked,
    in: listed,
    not_in: !listed,
    '<': difference === -1,
    '<=': difference <= 0,
    '>': difference === 1,
    '>=': difference >= 0,
  }[constraint.op];
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
