import { describe, expect, it } from 'vitest';
import type { Store } from '../../src/core/ports/store.ts';
import type { Bench } from './store.contract.ts';
import { aClaim, aSettlement, aTenant, fail, noon, running, succeed } from './store-builders.ts';

const newest = async (store: Store, limit: number) => (await store.log({ limit })).entries;
const hour = 3_600_000;

export function tenantsContract({ open, reopen, crash, prune }: Bench): void {
  describe('tenants', () => {
    it('are added, replaced and removed under versions', async () => {
      const store = await open();
      expect(await store.tenants()).toEqual([]);
      expect(await store.putTenant(aTenant(), noon, 'operator', 1)).toBeUndefined();
      expect(await store.putTenant(aTenant(), noon, 'operator', 0)).toEqual({ ...aTenant(), version: 1 });
      expect(await store.putTenant(aTenant(), noon, 'operator', 0)).toBeUndefined();
      expect(await store.putTenant(aTenant({ maxRunning: 9 }), noon, 'bob', 1)).toMatchObject({ maxRunning: 9, version: 2 });
      await store.putTenant(aTenant({ name: 'a/b' }), noon, 'bob');
      expect(await store.tenants()).toEqual([
        { ...aTenant({ name: 'a/b' }), version: 1 },
        { ...aTenant({ maxRunning: 9 }), version: 2 },
      ]);
      expect(await store.removeTenant('acme', noon, 'bob', 1)).toBe(false);
      expect(await store.removeTenant('acme', noon, 'bob', 2)).toBe(true);
      expect(await store.removeTenant('acme', noon, 'bob')).toBe(false);
    });

    it('are in the log with all their limits and who set them', async () => {
      const store = await open();
      await store.putTenant(aTenant(), noon, 'operator');
      await store.putTenant(aTenant({ rate: null, spend: null, weight: 3 }), noon + 1, 'bob');
      await store.removeTenant('acme', noon + 2, 'eve');
      expect(await newest(store, 3)).toMatchObject([
        { type: 'tenant_removed', at: noon + 2, taskSeq: null, details: { tenant: 'acme', by: 'eve' } },
        { type: 'tenant_changed', details: { tenant: 'acme', by: 'bob', version: 2, rate: null, spend: null, weight: 3 } },
        {
          type: 'tenant_added',
          at: noon,
          details: {
            ...{ tenant: 'acme', by: 'operator', version: 1, max_running: 8, guaranteed: 2, borrow: 4, weight: 1, max_waiting: 50 },
            ...{ rate: { per_second: 10, burst: 3 }, spend: { limit: 12.5, window: 'day' }, type_limits: { hash: 2 } },
          },
        },
      ]);
    });

    it('are there again after a restart', async () => {
      const store = await open();
      await store.putTenant(aTenant(), noon, 'operator');
      expect(await (await crash(store)).tenants()).toEqual([{ ...aTenant(), version: 1 }]);
    });

    it('race for a version in one commit: the first wins', async () => {
      const store = await open();
      await store.putTenant(aTenant(), noon, 'operator');
      const [first, second] = await Promise.all([
        store.putTenant(aTenant({ weight: 2 }), noon, 'a', 1),
        store.putTenant(aTenant({ weight: 3 }), noon, 'b', 1),
      ]);
      expect([first?.weight, second]).toEqual([2, undefined]);
    });
  });

  describe('what tenants spend', () => {
    it('is kept by the hour in which attempts end, whatever becomes of the task', async () => {
      const store = await open();
      const seqs = [await running(store, { tenant: 'acme' }), await running(store, { tenant: 'acme' }), await running(store)];
      await store.settleAttempts([
        aSettlement(seqs[0]!, succeed, { at: noon + 1, cost: 0.1 }),
        aSettlement(seqs[1]!, fail, { at: noon + hour - 1, cost: 0.2 }),
        aSettlement(seqs[2]!, succeed, { at: noon + hour, cost: 5 }),
      ]);
      const next = await running(store, { tenant: 'acme' });
      await store.settleAttempts([aSettlement(next, succeed, { at: noon + hour, cost: 0.000001 })]);
      expect(await store.spendSince(noon)).toEqual([
        { tenant: 'acme', hour: noon, amount: 0.3 },
        { tenant: 'acme', hour: noon + hour, amount: 0.000001 },
        { tenant: 'default', hour: noon + hour, amount: 5 },
      ]);
      expect(await store.spendSince(noon + 1)).toHaveLength(2);
    });

    it('counts each attempt of a task', async () => {
      const store = await open();
      const seq = await running(store);
      const retry = { verb: 'retry', dueAt: noon + 60, error: { code: 'x', message: 'no' }, outcome: 'failed' } as const;
      await store.settleAttempts([aSettlement(seq, retry, { cost: 1 })]);
      await store.makeDue([seq], noon + 60);
      await store.claimTasks([aClaim(seq, { attempt: 2 })]);
      await store.settleAttempts([aSettlement(seq, succeed, { attempt: 2, cost: 2 })]);
      expect(await store.spendSince(0)).toEqual([{ tenant: 'default', hour: noon, amount: 3 }]);
    });

    it('grows neither with attempts that cost nothing nor with reports that come too late', async () => {
      const store = await open();
      const seq = await running(store);
      await store.settleAttempts([aSettlement(seq, succeed, { cost: 0 }), aSettlement(seq, succeed, { cost: 7 })]);
      expect(await store.spendSince(0)).toEqual([]);
    });

    it('is added up over commits and restarts', async () => {
      let store = await open();
      for (const again of [reopen, crash]) {
        const seq = await running(store);
        await store.settleAttempts([aSettlement(seq, succeed, { cost: 0.1 })]);
        store = await again(store);
      }
      expect(await store.spendSince(0)).toEqual([{ tenant: 'default', hour: noon, amount: 0.2 }]);
    });

    it('is forgotten when it is old', async () => {
      prune();
      const store = await open();
      const [a, b] = [await running(store), await running(store)];
      await store.settleAttempts([aSettlement(a, succeed, { at: noon }), aSettlement(b, succeed, { at: noon + hour })]);
      expect(await store.pruneSpend(noon + hour)).toBe(1);
      expect(await store.pruneSpend(noon + hour)).toBe(0);
      expect((await store.spendSince(0)).map((row) => row.hour)).toEqual([noon + hour]);
    });
  });
}
