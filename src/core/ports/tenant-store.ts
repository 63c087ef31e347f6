import type { Tenant, TenantSpec } from '../domain/tenant.ts';
import type { EpochMs } from '../domain/units.ts';

/** What a tenant's attempts that ended in one UTC hour have cost. */
export interface HourOfSpend {
  readonly tenant: string;
  /** Start of the hour. */
  readonly hour: EpochMs;
  /** > 0. */
  readonly amount: number;
}

/** Tenants with limits, and what tenants have spent. Same rules as CatalogueStore for what an operator changes. */
export interface TenantStore {
  /** In order of their names. */
  tenants(): Promise<readonly Tenant[]>;
  /** Adds or replaces. @returns `undefined` when `ifVersion` does not hold (0: must not exist yet). */
  putTenant(spec: TenantSpec, at: EpochMs, by: string, ifVersion?: number): Promise<Tenant | undefined>;
  /** The tenant has no limits from now on. @returns false when there is none, or its version is not `ifVersion`. */
  removeTenant(name: string, at: EpochMs, by: string, ifVersion?: number): Promise<boolean>;

  /**
   * Hours from `since` on, in order of hour and tenant. Kept by `settleAttempts` in its own transaction, and by every tenant: what a limit
   * that is new counts has been there before.
   */
  spendSince(since: EpochMs): Promise<readonly HourOfSpend[]>;
  /** Forgets hours before `before`. @returns how many went. */
  pruneSpend(before: EpochMs): Promise<number>;
}
