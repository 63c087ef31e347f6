import type { Database } from 'better-sqlite3';
import { fromMicros, microsOf } from '../../core/domain/cost.ts';
import { hourOf } from '../../core/domain/quota.ts';
import type { EpochMs } from '../../core/domain/units.ts';
import type { HourOfSpend } from '../../core/ports/tenant-store.ts';
import type { Reader } from './reader.ts';
import type { Symbols } from './symbols.ts';

/** What tenants spend by the hour, written with the ends of their attempts: one row an hour and tenant, however many attempts. */
export interface Spend {
  add(tenant: number, at: EpochMs, amount: number): void;
  /** Writes what was added in this transaction. */
  seal(): void;
  rollback(): void;
  /** @returns how many hours went. */
  prune(before: EpochMs): number;
}

export function createSpend(db: Database): Spend {
  const write = db.prepare<[EpochMs, number, number]>(
    'INSERT INTO spend (hour, tenant, micros) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET micros = micros + excluded.micros',
  );
  const remove = db.prepare<[EpochMs]>('DELETE FROM spend WHERE hour < ?');
  // A transaction is short: nearly always of one hour.
  const added = new Map<EpochMs, Map<number, number>>();

  return {
    add(tenant, at, amount) {
      if (amount === 0) return;
      const hour = hourOf(at);
      const tenants = added.get(hour) ?? new Map<number, number>();
      added.set(hour, tenants);
      tenants.set(tenant, (tenants.get(tenant) ?? 0) + microsOf(amount));
    },
    seal() {
      if (added.size === 0) return;
      for (const [hour, tenants] of added) for (const [tenant, micros] of tenants) write.run(hour, tenant, micros);
      added.clear();
    },
    rollback() {
      added.clear();
    },
    prune: (before) => remove.run(before).changes,
  };
}

export function createSpendReads({ db, read }: Reader, symbols: Symbols) {
  const select = db.prepare<[EpochMs], [EpochMs, number, number]>('SELECT hour, tenant, micros FROM spend WHERE hour >= ?').raw();

  return async function spendSince(since: EpochMs): Promise<readonly HourOfSpend[]> {
    return read(() => select.all(since))
      .map(([hour, tenant, micros]) => ({ tenant: symbols.nameOf(tenant), hour, amount: fromMicros(micros) }))
      .sort((a, b) => a.hour - b.hour || (a.tenant < b.tenant ? -1 : 1));
  };
}
