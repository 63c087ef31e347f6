import { asc, eq } from 'drizzle-orm';
import type { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3';
import type { Tenant } from '../../core/domain/tenant.ts';
import type { TenantStore } from '../../core/ports/tenant-store.ts';
import { tenantDetails } from '../log-details.ts';
import type { Reader } from './reader.ts';
import * as tables from './schema.ts';
import type { Writer } from './writer.ts';

interface TenantsDeps {
  readonly writer: Writer;
  /** On the writing connection, used inside its transactions. */
  readonly writes: BetterSQLite3Database;
  /** On the reading connection. */
  readonly reads: BetterSQLite3Database;
  readonly read: Reader['read'];
}

/** Tenants that have limits. */
export function createTenants({ writer, writes, reads, read }: TenantsDeps): Pick<TenantStore, 'tenants' | 'putTenant' | 'removeTenant'> {
  const { tenant } = tables;
  const { log } = writer.context;
  const versionOf = (name: string): number =>
    writes.select({ version: tenant.version }).from(tenant).where(eq(tenant.name, name)).get()?.version ?? 0;

  return {
    tenants: async () => read(() => reads.select().from(tenant).orderBy(asc(tenant.name)).all()).map(tenantOf),
    putTenant: (spec, at, by, ifVersion) =>
      writer.write(1, () => {
        const before = versionOf(spec.name);
        if (ifVersion !== undefined && before !== ifVersion) return undefined;
        const put: Tenant = { ...spec, version: before + 1 };
        const { name, ...rest } = spec;
        const row = { version: put.version, spec: rest };
        writes
          .insert(tenant)
          .values({ name, ...row })
          .onConflictDoUpdate({ target: tenant.name, set: row })
          .run();
        log.addSystem(at, before === 0 ? 'tenant_added' : 'tenant_changed', tenantDetails(put, by));
        return put;
      }),
    removeTenant: (name, at, by, ifVersion) =>
      writer.write(1, () => {
        const before = versionOf(name);
        if (before === 0 || (ifVersion !== undefined && before !== ifVersion)) return false;
        writes.delete(tenant).where(eq(tenant.name, name)).run();
        log.addSystem(at, 'tenant_removed', { tenant: name, by });
        return true;
      }),
  };
}

export function tenantOf({ name, version, spec }: typeof tables.tenant.$inferSelect): Tenant {
  return { ...spec, name, version };
}
