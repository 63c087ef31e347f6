import type { Rate, SpendLimit } from './quota.ts';

/** Who tasks belong to and who pays for them. A tenant without an entry has no limits; `null` is no limit. */
export interface Tenant {
  /** What tasks say in `tenant`. */
  readonly name: string;
  /** Running attempts at once, of all types. */
  readonly maxRunning: number | null;
  /** While fewer attempts than these run, its tasks go before those of tenants that have their guarantee; 0: none. */
  readonly guaranteed: number;
  /** Running attempts above `guaranteed`; `null`: as many as there is room for, up to `maxRunning`. */
  readonly borrow: number | null;
  /** Its share beside other tenants where tenants share, > 0. */
  readonly weight: number;
  /** Tasks that may wait at once. */
  readonly maxWaiting: number | null;
  readonly rate: Rate | null;
  readonly spend: SpendLimit | null;
  /** Running attempts at once by type, in place of what the type says for each tenant. */
  readonly typeLimits: Readonly<Record<string, number>>;
  /** Grows by one with every change; the ETag. */
  readonly version: number;
}

/** What an operator may set of a tenant. */
export type TenantSpec = Omit<Tenant, 'version'>;

/** A tenant that nobody has said anything about. */
export const unlimitedTenant: Omit<TenantSpec, 'name'> = {
  maxRunning: null,
  guaranteed: 0,
  borrow: null,
  weight: 1,
  maxWaiting: null,
  rate: null,
  spend: null,
  typeLimits: {},
};
