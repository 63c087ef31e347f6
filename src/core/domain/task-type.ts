import type { BundleSettings } from './bundle.ts';
import type { Rate } from './quota.ts';
import type { ResourceType } from './task.ts';
import type { Ms } from './units.ts';

/** Fields of a task that a type may insist on; where it does not, the server's defaults apply. */
export const requirableFields = ['priority', 'cost', 'region'] as const;
export type RequirableField = (typeof requirableFields)[number];

export const tenantOrders = ['fifo', 'round_robin'] as const;
/** Whether tasks of one type go in the strategy's order only, or its tenants take turns first. */
export type TenantOrder = (typeof tenantOrders)[number];

/** One entry of what older systems called worker type or service. */
export interface TaskType {
  readonly name: string;
  readonly description: string;
  /** Fields a client must state itself. */
  readonly requires: readonly RequirableField[];
  /** Running attempts at once, in all; `null` has no limit. */
  readonly limitTotal: number | null;
  /** Running attempts at once per tenant; `null` has no limit. */
  readonly limitPerTenant: number | null;
  /** Tasks that may wait at once; `null` has no limit. */
  readonly limitWaiting: number | null;
  /** Submits of all tenants together; `null` has no limit. */
  readonly rate: Rate | null;
  readonly betweenTenants: TenantOrder;
  readonly timeoutMs: Ms;
  /** Default for tasks that do not say, >= 1. */
  readonly maxAttempts: number;
  readonly resourceType: ResourceType | null;
  /** Its tasks are bundles, which may use so much; `null`: they are not, and bring no files. */
  readonly bundle: BundleSettings | null;
  /** Where the entry comes from: `handler` types exist as long as their handler does and cannot be removed. */
  readonly origin: 'catalogue' | 'api' | 'handler';
  readonly version: number;
}

export type TaskTypeSpec = Omit<TaskType, 'version'>;

/** A type without limits and without files. */
export const unlimitedType = {
  limitTotal: null,
  limitPerTenant: null,
  limitWaiting: null,
  rate: null,
  betweenTenants: 'fifo',
  bundle: null,
} as const satisfies Partial<TaskTypeSpec>;
