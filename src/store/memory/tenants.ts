import { roundMoney } from '../../core/domain/cost.ts';
import { hourOf } from '../../core/domain/quota.ts';
import type { Tenant } from '../../core/domain/tenant.ts';
import type { EpochMs } from '../../core/domain/units.ts';
import type { TenantStore } from '../../core/ports/tenant-store.ts';
import { tenantDetails } from '../log-details.ts';
import type { Write } from './catalogue.ts';
import type { LogBook } from './log-book.ts';
import { spendKey, type Tables } from './tables.ts';

export function createTenants(tables: Tables, log: LogBook, write: Write): Omit<TenantStore, 'pruneSpend'> {
  return {
    tenants: async () => tables.tenants.rows(),
    putTenant: (spec, at, by, ifVersion) =>
      write(1, () => {
        const before = tables.tenants.get(spec.name);
        if (ifVersion !== undefined && (before?.version ?? 0) !== ifVersion) return undefined;
        const tenant: Tenant = { ...spec, version: (before?.version ?? 0) + 1 };
        tables.tenants.set(tenant.name, tenant);
        log.add(at, before === undefined ? 'tenant_added' : 'tenant_changed', null, tenantDetails(tenant, by));
        return tenant;
      }),
    removeTenant: (name, at, by, ifVersion) =>
      write(1, () => {
        const before = tables.tenants.get(name);
        if (before === undefined || (ifVersion !== undefined && before.version !== ifVersion)) return false;
        tables.tenants.delete(name);
        log.add(at, 'tenant_removed', null, { tenant: name, by });
        return true;
      }),
    spendSince: async (since) => tables.spend.rows().filter(({ hour }) => hour >= since),
  };
}

/** Adds to the hour of `at`; to be run inside a group. */
export function addSpend({ spend }: Tables, tenant: string, at: EpochMs, amount: number): void {
  if (amount === 0) return;
  const hour = hourOf(at);
  const before = spend.get(spendKey(hour, tenant))?.amount ?? 0;
  spend.set(spendKey(hour, tenant), { tenant, hour, amount: roundMoney(before + amount) });
}

export function pruneSpend({ spend }: Tables, before: EpochMs): number {
  const old = spend.rows().filter(({ hour }) => hour < before);
  for (const { hour, tenant } of old) spend.delete(spendKey(hour, tenant));
  return old.length;
}
