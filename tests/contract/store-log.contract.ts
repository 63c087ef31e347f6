import { describe, expect, it } from 'vitest';
import type { Store } from '../../src/core/ports/store.ts';
import type { Bench } from './store.contract.ts';
import { aClaim, aPool, aSettlement, noon, running, submitted, succeed } from './store-builders.ts';
import { allLog } from './store-checks.ts';

export function logContract({ open, prune, reopen }: Bench): void {
  describe('the log', () => {
    it('begins with the start of the server', async () => {
      const store = await open();
      expect(await allLog(store)).toMatchObject([
        { seq: 1, type: 'server_started', taskSeq: null, taskId: null, details: { server_epoch: 1 } },
      ]);
      expect(store.logBounds()).toEqual({ floor: 1, head: 1 });
    });

    it('is read forward from any row', async () => {
      const store = await open();
      await submitted(store, {}, {}, {});
      const seqs = async (after: number, limit: number) => (await store.logAfter(after, limit)).map((entry) => entry.seq);
      expect(await seqs(0, 10)).toEqual([1, 2, 3, 4]);
      expect(await seqs(2, 1)).toEqual([3]);
      expect(await seqs(4, 10)).toEqual([]);
    });

    it('knows the rows of a task, oldest first', async () => {
      const store = await open();
      const [a, b] = await submitted(store, {}, {});
      await store.claimTasks([aClaim(b!), aClaim(a!)]);
      await store.settleAttempts([aSettlement(a!, succeed)]);
      const types = async (limit: number) => (await store.taskLog(a!, limit)).map((entry) => entry.type);
      expect(await types(10)).toEqual(['created', 'scheduled', 'completed']);
      expect(await types(2)).toEqual(['created', 'scheduled']);
    });

    it('pages newest first, by key and by offset', async () => {
      const store = await open();
      await submitted(store, ...Array.from({ length: 9 }, () => ({})));
      const first = await store.log({ limit: 4 });
      expect(first.entries.map((entry) => entry.seq)).toEqual([10, 9, 8, 7]);
      expect(first).toMatchObject({ total: 10, totalIsCapped: false, hasOlder: true });
      expect((await store.log({ limit: 4, before: 3 })).entries.map((entry) => entry.seq)).toEqual([2, 1]);
      expect(await store.log({ limit: 2, offset: 8 })).toMatchObject({ entries: [{ seq: 2 }, { seq: 1 }], total: 10, hasOlder: false });
      expect(await store.log({ limit: 2, offset: 10 })).toEqual({ entries: [], total: 10, totalIsCapped: false, hasOlder: false });
    });

    it('filters by task, by kind, and rows of no task', async () => {
      const store = await open();
      const seq = await running(store);
      await store.addPool(aPool(), noon, 'operator');
      await submitted(store, {}, {});
      const types = async (query: Omit<Parameters<Store['log']>[0], 'limit'>) => {
        const page = await store.log({ ...query, limit: 10 });
        expect(page.total).toBe(page.entries.length);
        return page.entries.map((entry) => entry.type);
      };
      expect(await types({ taskSeq: seq })).toEqual(['scheduled', 'created']);
      expect(await types({ taskSeq: seq, types: ['created'] })).toEqual(['created']);
      expect(await types({ taskSeq: 99 })).toEqual([]);
      expect(await types({ system: true })).toEqual(['pool_added', 'server_started']);
      expect(await types({ system: true, types: ['pool_added', 'created'] })).toEqual(['pool_added']);
      expect(await types({ types: ['created', 'pool_added'] })).toEqual(['created', 'created', 'pool_added', 'created']);
      expect(await store.log({ types: ['created'], limit: 1 })).toMatchObject({ total: 3, hasOlder: true });
    });

    it('finds a rare kind behind many other rows', async () => {
      const store = await open();
      const seq = await running(store);
      await store.settleAttempts([aSettlement(seq, succeed)]);
      await submitted(store, ...Array.from({ length: 12_000 }, () => ({})));
      expect(await store.log({ types: ['completed'], limit: 5 })).toMatchObject({
        entries: [{ taskSeq: seq }],
        total: 1,
        totalIsCapped: false,
        hasOlder: false,
      });
      expect(await store.log({ types: ['created'], limit: 1 })).toMatchObject({ total: 10_000, totalIsCapped: true });
    });
  });

  describe('pruneLog', () => {
    it('removes rows before a time, oldest first, as many as asked, never the head', async () => {
      const store = await open();
      prune();
      await submitted(store, {}, {});
      const seq = await running(store);
      const head = store.logBounds().head;
      const startedAt = (await store.logAfter(0, 1))[0]!.at;
      const late = Math.max(startedAt, noon) + 1e6;

      expect(await store.pruneLog(10, Math.min(startedAt, noon))).toBe(0);
      expect(await store.pruneLog(2, late)).toBe(2);
      expect(store.logBounds()).toEqual({ floor: 3, head });
      expect((await store.log({ limit: 10 })).total).toBe(head - 2);
      expect(await store.verifyLog()).toMatchObject({ ok: true });

      expect(await store.pruneLog(100, late)).toBe(head - 3);
      expect(store.logBounds()).toEqual({ floor: head, head });
      expect(await store.pruneLog(100, late)).toBe(0);
      expect(await store.verifyLog()).toMatchObject({ ok: true });
      expect((await store.taskLog(seq, 10)).map((entry) => entry.type)).toEqual(['scheduled']);
    });

    it('stops at the first row that is to be kept', async () => {
      const store = await open();
      prune();
      await submitted(store, {});
      await store.cancelTask(1, noon + 1e12, 'a clock that jumped');
      await submitted(store, {});
      expect(await store.pruneLog(100, noon + 1e11)).toBe(2);
      expect(store.logBounds().floor).toBe(3);
    });

    it('leaves a chain that still verifies after a restart and goes on', async () => {
      const before = await open();
      prune();
      await submitted(before, {}, {}, {});
      await submitted(before, {}, {}, {});
      await before.pruneLog(3, Number.MAX_SAFE_INTEGER);
      const store = await reopen(before);
      expect(store.logBounds()).toEqual({ floor: 4, head: 8 });
      await submitted(store, {});
      expect(await store.verifyLog()).toMatchObject({ ok: true });
    });
  });

  describe('deleteTerminal', () => {
    it('removes ended tasks, oldest end first, and leaves their log', async () => {
      const store = await open();
      const seqs = [await running(store), await running(store), await running(store)];
      const ends = [noon + 300, noon + 100, noon + 200];
      for (const [i, seq] of seqs.entries()) await store.settleAttempts([aSettlement(seq, succeed, { at: ends[i]! })]);
      const [waiting] = await submitted(store, {});
      const counts = store.counts();
      const gone = (await store.taskBySeq(seqs[1]!))!;

      expect(await store.deleteTerminal(1, noon + 1_000, 0)).toBe(1);
      expect(await store.task(gone.id)).toBeUndefined();
      expect(await store.attempts(gone.seq)).toEqual([]);
      expect((await store.taskLog(gone.seq, 10)).map(({ type, taskId }) => [type, taskId])).toEqual([
        ['created', gone.id],
        ['scheduled', gone.id],
        ['completed', gone.id],
      ]);
      expect((await store.log({ taskSeq: gone.seq, limit: 1 })).entries).toMatchObject([{ taskId: gone.id }]);

      expect(await store.deleteTerminal(10, noon + 300, 0)).toBe(1);
      expect((await store.tasks({ filter: {}, limit: 10 })).tasks.map((task) => task.seq)).toEqual([waiting, seqs[0]]);
      expect(store.counts()).toEqual({ ...counts, byStatus: { ...counts.byStatus, completed: 1 } });
    });

    it('never gives a number twice, even when all tasks and their log are gone', async () => {
      const before = await open();
      prune();
      const seq = await running(before);
      await before.settleAttempts([aSettlement(seq, succeed)]);
      expect(await before.deleteTerminal(10, noon + 1e6, 0)).toBe(1);
      await before.pruneLog(100, Number.MAX_SAFE_INTEGER);
      const store = await reopen(before);
      expect(await submitted(store, {})).toEqual([seq + 1]);
      // Its last row was the head, which always stays.
      expect((await store.taskLog(seq, 10)).map((entry) => entry.type)).toEqual(['completed']);
    });
  });
}
