import type { ClearedBy } from './reasons.ts';

/** Changes that start a waiting task, or let it wait for room where no pool could run it, and who may make them. */
export const changes = {
  add_capacity: 'operator',
  resume_pool: 'operator',
  /** Of a pool of machines: one more, or as many as are told, each with `to` slots at least where that is known. */
  start_node: 'operator',
  raise_pool_type_limit: 'operator',
  raise_type_limit: 'operator',
  add_type: 'operator',
  set_labels: 'operator',
  add_pool: 'operator',
  raise_tenant_type_limit: 'quota_owner',
  raise_tenant_limit: 'quota_owner',
  raise_spend_limit: 'quota_owner',
  drop_constraint: 'submitter',
  allow_region: 'submitter',
  drop_resource_type: 'submitter',
  raise_max_cost: 'submitter',
  fewer_slots: 'submitter',
  fewer_parts: 'submitter',
  drop_run_at: 'submitter',
  retry_now: 'operator',
} as const satisfies Record<string, ClearedBy>;
export type Change = keyof typeof changes;

/** One single change that would start a waiting task at once. */
export interface Relaxation {
  readonly change: Change;
  /** What is changed: a pool, a type, a tenant, a constraint, a region; '' where the change says it. */
  readonly subject: string;
  readonly from: number | string | null;
  readonly to: number | string | null;
  /** Where it would start; of several parts the first. */
  readonly poolId: number;
  /** Of several parts: where each would. */
  readonly parts?: readonly number[] | undefined;
}

/** One single change after which a task that no pool could run would wait for room. */
export interface Remedy extends Omit<Relaxation, 'poolId' | 'parts'> {
  /** Where it could run; `undefined`: on the pool that is to be added. */
  readonly poolId: number | undefined;
  /** Of `start_node` for a task of several parts: how many, all of which run parts. */
  readonly nodes?: number;
  /** It would not do alone, but with all others that are told for that pool. */
  readonly isStep?: boolean;
}

/** Who may make a change. */
export function makerOf(change: Change): ClearedBy {
  return changes[change];
}
