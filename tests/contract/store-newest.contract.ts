import { describe, expect, it } from 'vitest';
import type { Store } from '../../src/core/ports/store.ts';
import type { Bench } from './store.contract.ts';
import { aSettlement, aSubmission, noon, running, submitted, succeed } from './store-builders.ts';

async function newest(store: Store, most = Number.POSITIVE_INFINITY): Promise<unknown[]> {
  const seen: unknown[] = [];
  await store.eachNewest((task) => seen.push({ ...task }) < most);
  return seen;
}

export function newestContract({ open, reopen }: Bench): void {
  describe('the newest tasks', () => {
    it('are told from the last back, whatever became of them, as far as is asked', async () => {
      const store = await open();
      expect([store.lastSeq(), await newest(store)]).toEqual([0, []]);
      await submitted(store, { tenant: 'acme' }, { type: 'sum', runAt: noon + 60_000 });
      const seq = await running(store);
      await store.settleAttempts([aSettlement(seq, succeed)]);
      expect(store.lastSeq()).toBe(3);
      expect(await newest(store)).toEqual([
        { seq: 3, tenant: 'default', type: 'hash', enqueuedAt: noon },
        { seq: 2, tenant: 'default', type: 'sum', enqueuedAt: noon },
        { seq: 1, tenant: 'acme', type: 'hash', enqueuedAt: noon },
      ]);
      expect(await newest(store, 1)).toHaveLength(1);
    });

    it('leave gaps where they were removed, and their number is remembered', async () => {
      const store = await open();
      const first = await running(store);
      await submitted(store, {});
      const last = await running(store);
      await store.settleAttempts([aSettlement(first, succeed), aSettlement(last, succeed)]);
      await store.deleteTerminal(10, noon + 1e6, noon + 1e6);
      expect(await newest(store)).toMatchObject([{ seq: 2 }]);
      const again = await reopen(store);
      expect([again.lastSeq(), await newest(again)]).toMatchObject([3, [{ seq: 2 }]]);
    });

    it('are as many as there are, over many pages', async () => {
      const store = await open();
      await store.submitTasks(Array.from({ length: 8_001 }, (_, i) => aSubmission({}, { at: noon + i })));
      const seen = (await newest(store)) as { seq: number; enqueuedAt: number }[];
      expect(seen.map(({ seq }) => seq)).toEqual(Array.from({ length: 8_001 }, (_, i) => 8_001 - i));
      expect(seen.every(({ seq, enqueuedAt }) => enqueuedAt === noon + seq - 1)).toBe(true);
    });
  });
}
