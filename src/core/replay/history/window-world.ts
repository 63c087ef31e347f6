import type { JsonObject } from '../../domain/json.ts';
import type { ExecutorName, Pool, PoolSpec } from '../../domain/pool.ts';
import type { SpendLimit } from '../../domain/quota.ts';
import type { Runnable } from '../../domain/replay.ts';
import type { TaskType } from '../../domain/task-type.ts';
import { type Tenant, unlimitedTenant } from '../../domain/tenant.ts';
import type { EpochMs } from '../../domain/units.ts';
import type { StrategyEpoch } from '../../ports/catalogue-store.ts';
import type { History, SystemRow } from '../../ports/history.ts';
import type { PoolEntry, TenantLimits, TypeLimits } from '../../scheduling/core.ts';
import { fieldsOf } from './row-fields.ts';

/** One thing that changed. */
export type WorldChange =
  | { readonly kind: 'pool'; readonly pool: PoolEntry }
  | { readonly kind: 'pool_gone'; readonly id: number }
  | { readonly kind: 'type'; readonly limits: TypeLimits }
  | { readonly kind: 'tenant'; readonly limits: TenantLimits }
  /** Only of interest to who replays what really decided. */
  | { readonly kind: 'strategy'; readonly epoch: StrategyEpoch }
  /** No server was there to decide. */
  | { readonly kind: 'down' }
  | { readonly kind: 'up' };

/** What there was when a window began, and what changed in it. */
export interface WindowWorld {
  readonly start: readonly WorldChange[];
  /** In order of time. */
  readonly changes: readonly { readonly at: EpochMs; readonly change: WorldChange }[];
  /** Strategy in force when the window began; `undefined`: nobody knows. */
  readonly epoch: StrategyEpoch | undefined;
  /** What could not be told from the log, in sentences. */
  readonly notes: readonly string[];
}

/** Folds the rows of the log that concern no task. What the log no longer tells is taken as it is now, and said. */
export function windowWorld(history: History, from: EpochMs, to: EpochMs, runnable: Runnable): WindowWorld {
  const rows = history.systemRows();
  const before = rows.filter(({ at }) => at < from);
  const inside = rows.filter(({ at }) => at >= from && at < to);
  const ids = poolIds(history.pools(), rows);
  const toChange = (row: SystemRow) => changeOf(row, ids, runnable);
  const start = new Map<string, WorldChange>();
  const notes: string[] = [];
  const unknown: string[] = [];

  const known = new Set(before.map(subjectOf));
  const appears = new Set<string>();
  for (const row of inside) {
    const subject = subjectOf(row);
    if (row.type.endsWith('_added') && !known.has(subject)) appears.add(subject);
  }
  for (const { subject, change } of presentState(history, ids, runnable)) {
    if (
      known.has(subject) ||
      appears.has(subject) ||
      rows.some((row) => row.at >= to && row.type.endsWith('_added') && subjectOf(row) === subject)
    )
      continue;
    start.set(subject, change);
    if (change.kind === 'pool') unknown.push(change.pool.name);
  }
  for (const row of before) {
    const change = toChange(row);
    if (change !== undefined) start.set(subjectOf(row), change);
  }
  if (unknown.length > 0)
    notes.push(`the log no longer says what ${unknown.join(', ')} was like when the window began: taken as it is now`);
  const changes = inside.flatMap((row) => withDowntime(row, history, toChange(row)));
  return {
    start: [...start.values()].filter(({ kind }) => kind !== 'pool_gone'),
    changes: changes.sort((a, b) => a.at - b.at),
    epoch: history.epochs().findLast(({ since }) => since < from) ?? history.epochs()[0],
    notes,
  };
}

/**
 * The same with the pools as the decision core saw them, which says more than what was asked of them. Where nothing was started any more, nothing
 * was noted, and what was asked of them is all there is.
 * @param noted in order of time
 * @param until of the last turn that was noted
 */
export function withNotedPools(world: WindowWorld, noted: WindowWorld['changes'], from: EpochMs, until: EpochMs): WindowWorld {
  const isOfPool = ({ kind }: WorldChange) => kind === 'pool' || kind === 'pool_gone';
  const start = new Map<number, WorldChange>();
  for (const { at, change } of noted) {
    if (at > from) break;
    if (change.kind === 'pool') start.set(change.pool.id, change);
    else if (change.kind === 'pool_gone') start.delete(change.id);
  }
  const others = world.changes.filter(({ at, change }) => at > until || !isOfPool(change));
  return {
    ...world,
    start: [...start.values(), ...world.start.filter((change) => !isOfPool(change))],
    changes: [...noted.filter(({ at }) => at > from), ...others].sort((a, b) => a.at - b.at),
  };
}

function withDowntime(row: SystemRow, history: History, change: WorldChange | undefined): { at: EpochMs; change: WorldChange }[] {
  const { at, type, seq } = row;
  if (type !== 'server_started') return change === undefined ? [] : [{ at, change }];
  const last = history.timeBefore(seq);
  if (last === undefined) return [];
  return [
    { at: Math.min(last, at), change: { kind: 'down' } },
    { at, change: { kind: 'up' } },
  ];
}

function presentState(history: History, ids: ReadonlyMap<string, number>, runnable: Runnable): { subject: string; change: WorldChange }[] {
  return [
    ...history.pools().map((pool) => ({ subject: `pool ${pool.name}`, change: poolChange(pool, ids, runnable) })),
    ...history.types().map((type) => ({ subject: `type ${type.name}`, change: typeChange(type) })),
    ...history.tenants().map((tenant) => ({ subject: `tenant ${tenant.name}`, change: tenantChange(tenant) })),
  ];
}

/** Ids break ties: those of today, and for pools that are gone numbers after them in the order they were first told. */
function poolIds(pools: readonly Pool[], rows: readonly SystemRow[]): ReadonlyMap<string, number> {
  const ids = new Map(pools.map(({ name, id }) => [name, id]));
  let next = Math.max(0, ...ids.values());
  for (const { type, details } of rows) {
    const name = details['worker_pool'];
    if (type.startsWith('pool_') && typeof name === 'string' && !ids.has(name)) ids.set(name, ++next);
  }
  return ids;
}

function subjectOf({ type, details }: SystemRow): string {
  const [what = ''] = type.split('_');
  return `${what} ${String(details[what === 'pool' ? 'worker_pool' : what] ?? '')}`;
}

function changeOf({ type, at, details }: SystemRow, ids: ReadonlyMap<string, number>, runnable: Runnable): WorldChange | undefined {
  const { text, number } = fieldsOf(details);
  switch (type) {
    case 'pool_added':
    case 'pool_changed':
      return poolChange(poolOf(details), ids, runnable);
    case 'pool_removed':
      return { kind: 'pool_gone', id: ids.get(text('worker_pool')) ?? 0 };
    case 'type_added':
    case 'type_changed':
      return typeChange({
        name: text('type'),
        limitTotal: number('limit_total'),
        limitPerTenant: number('limit_per_tenant'),
        betweenTenants: text('between_tenants') === 'round_robin' ? 'round_robin' : 'fifo',
      });
    case 'type_removed':
      return typeChange({ name: text('type'), limitTotal: null, limitPerTenant: null, betweenTenants: 'fifo' });
    case 'tenant_added':
    case 'tenant_changed':
      return tenantChange({
        name: text('tenant'),
        maxRunning: number('max_running'),
        guaranteed: number('guaranteed') ?? 0,
        borrow: number('borrow'),
        weight: number('weight') ?? 1,
        spend: (details['spend'] ?? null) as SpendLimit | null,
        typeLimits: (details['type_limits'] ?? {}) as Tenant['typeLimits'],
      });
    case 'tenant_removed':
      return tenantChange({ ...unlimitedTenant, name: text('tenant') });
    case 'algorithm_switched': {
      const params = (details['params'] ?? {}) as JsonObject;
      const known = { epoch: number('epoch') ?? 0, name: text('algorithm'), params, seed: number('seed') ?? 0 };
      return { kind: 'strategy', epoch: { ...known, since: at, by: text('by'), reason: null } };
    }
    default:
      return undefined;
  }
}

function poolOf(details: JsonObject): PoolSpec {
  const { text, number } = fieldsOf(details);
  return {
    name: text('worker_pool'),
    region: text('region'),
    resourceType: text('resource_type') as PoolSpec['resourceType'],
    costPerUnit: number('cost_per_unit') ?? 0,
    capacity: number('capacity') ?? 0,
    executor: text('executor') as ExecutorName,
    types: (details['types'] ?? ['*']) as readonly string[],
    speed: number('speed') ?? 1,
    carbonGramsPerKwh: number('carbon_grams_per_kwh') ?? null,
    state: text('state') as PoolSpec['state'],
    typeLimits: (details['type_limits'] ?? {}) as PoolSpec['typeLimits'],
    labels: (details['labels'] ?? {}) as PoolSpec['labels'],
    simulated: null,
    cooling: null,
  };
}

function poolChange(spec: PoolSpec, ids: ReadonlyMap<string, number>, runnable: Runnable): WorldChange & { kind: 'pool' } {
  const { name, region, resourceType, costPerUnit, capacity, speed, state, typeLimits, labels, executor, types } = spec;
  const known = runnable[executor];
  const accepts = types.includes('*') ? known : known === undefined ? types : types.filter((type) => known.includes(type));
  const carbonGramsPerKwh = spec.carbonGramsPerKwh ?? 0;
  const what = { name, region, resourceType, costPerUnit, capacity, speed, carbonGramsPerKwh };
  return { kind: 'pool', pool: { ...what, id: ids.get(name) ?? 0, state, typeLimits, labels, accepts } };
}

function typeChange({
  name,
  limitTotal,
  limitPerTenant,
  betweenTenants,
}: Pick<TaskType, 'name' | 'limitTotal' | 'limitPerTenant' | 'betweenTenants'>): WorldChange {
  return {
    kind: 'type',
    limits: { type: name, total: limitTotal, perTenant: limitPerTenant, takesTurns: betweenTenants === 'round_robin' },
  };
}

function tenantChange({
  name,
  maxRunning,
  guaranteed,
  borrow,
  weight,
  spend,
  typeLimits,
}: Pick<Tenant, 'name' | 'maxRunning' | 'guaranteed' | 'borrow' | 'weight' | 'spend' | 'typeLimits'>): WorldChange {
  const borrowed = borrow === null ? null : guaranteed + borrow;
  const most = maxRunning === null || borrowed === null ? (maxRunning ?? borrowed) : Math.min(maxRunning, borrowed);
  return { kind: 'tenant', limits: { tenant: name, maxRunning: most, guaranteed, weight, spend, typeLimits } };
}
