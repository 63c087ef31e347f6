import { describe, expect, it } from 'vitest';
import type { LogEntry } from '../../src/core/domain/events.ts';
import type { Bench } from './store.contract.ts';
import { aClaim, aSettlement, aSubmission, noon, running, submitted, succeed } from './store-builders.ts';
import { allLog } from './store-checks.ts';

export function groupContract({ open, reopen }: Bench): void {
  describe('group commit', () => {
    it('lets verbs take effect in the order they were called, within one commit', async () => {
      const store = await open();
      const commits: (readonly LogEntry[])[] = [];
      store.onCommit((entries) => commits.push(entries));

      const answers = await Promise.all([
        submitted(store, {}),
        store.claimTasks([aClaim(1)]),
        store.settleAttempts([aSettlement(1, succeed)]),
        store.cancelTask(1, noon + 60, 'alice'),
        submitted(store, { runAt: noon + 1_000 }),
        store.makeDue([2], noon + 1_000),
        store.cancelTask(2, noon + 1_001, 'alice'),
        store.claimTasks([aClaim(2)]),
      ]);

      expect(answers.slice(3)).toMatchObject([
        { kind: 'terminal', status: 'completed' },
        [2],
        [{ seq: 2 }],
        { kind: 'cancelled' },
        [undefined],
      ]);
      expect(commits.map((entries) => entries.map((entry) => entry.type))).toEqual([
        ['created', 'scheduled', 'completed', 'created', 'queued', 'cancelled'],
      ]);
    });

    it('lets a cancel that was called before the result win, in the same commit', async () => {
      const store = await open();
      const seq = await running(store);
      const [cancel, settle] = await Promise.all([
        store.cancelTask(seq, noon + 40, 'alice'),
        store.settleAttempts([aSettlement(seq, succeed)]),
      ]);
      expect([cancel, settle]).toEqual([
        { kind: 'requested', attempt: 1 },
        [{ kind: 'settled', status: 'cancelled', outcome: 'cancelled' }],
      ]);
      expect(await store.taskBySeq(seq)).toMatchObject({ status: 'cancelled', result: null });
    });

    it('lets a result that was called before the cancel win, in the same commit', async () => {
      const store = await open();
      const seq = await running(store);
      const [settle, cancel] = await Promise.all([
        store.settleAttempts([aSettlement(seq, succeed)]),
        store.cancelTask(seq, noon + 60, 'alice'),
      ]);
      expect([settle, cancel]).toMatchObject([[{ status: 'completed' }], { kind: 'terminal', status: 'completed' }]);
    });

    it('cancels a task that was just claimed by asking it to stop', async () => {
      const store = await open();
      const [seq] = await submitted(store, {});
      const [claim, cancel] = await Promise.all([store.claimTasks([aClaim(seq!)]), store.cancelTask(seq!, noon + 11, 'alice')]);
      expect([claim, cancel]).toMatchObject([[{ status: 'processing' }], { kind: 'requested', attempt: 1 }]);
    });

    it('shows nothing before its commit, and everything when it is answered', async () => {
      const store = await open();
      const pending = store.submitTasks([aSubmission()]);
      expect(store.counts().byStatus.queued).toBe(0);
      expect(await store.taskBySeq(1)).toBeUndefined();
      await pending;
      expect(store.counts().byStatus.queued).toBe(1);
      expect(await store.taskBySeq(1)).toMatchObject({ status: 'queued' });
    });

    it('tells listeners before it answers, in order, exactly the rows of the log', async () => {
      const store = await open();
      const heard: LogEntry[] = [];
      const order: string[] = [];
      const stop = store.onCommit((entries) => {
        heard.push(...entries);
        order.push('heard');
      });
      const from = store.logBounds().head;
      const seq = await submitted(store, { runAt: noon + 1 }, {}).then(([first]) => {
        order.push('answered');
        return first!;
      });
      await store.makeDue([seq], noon + 1);
      await store.claimTasks([aClaim(seq)]);
      await store.settleAttempts([
        aSettlement(seq, { verb: 'retry', error: { code: 'a', message: 'b' }, dueAt: noon + 99, outcome: 'failed' }),
      ]);
      expect(order.slice(0, 2)).toEqual(['heard', 'answered']);
      expect(heard).toEqual((await allLog(store)).filter((entry) => entry.seq > from));

      stop();
      await store.cancelTask(seq, noon + 2, 'alice');
      expect(heard).toHaveLength(5);
    });

    it('survives a listener that throws', async () => {
      const store = await open();
      const heard: number[] = [];
      store.onCommit(() => {
        throw new Error('a broken listener');
      });
      store.onCommit((entries) => heard.push(entries.length));
      expect(await submitted(store, {})).toEqual([1]);
      expect(heard).toEqual([1]);
    });

    it('commits more than one group holds, in order', async () => {
      const store = await open();
      const calls = Array.from({ length: 60 }, () => submitted(store, ...Array.from({ length: 50 }, () => ({}))));
      const seqs = (await Promise.all(calls)).flat();
      expect(seqs).toEqual(Array.from({ length: 3_000 }, (_, i) => i + 1));
      expect(store.counts().byStatus.queued).toBe(3_000);
    });

    it('flush settles when everything called before is committed', async () => {
      const store = await open();
      await store.flush();
      void store.submitTasks([aSubmission()]);
      await store.flush();
      expect(store.counts().byStatus.queued).toBe(1);
    });

    it('commits what is due before it closes, and takes nothing after', async () => {
      const store = await open();
      const pending = submitted(store, {});
      const states: string[] = [];
      store.onState((state) => states.push(state));
      await store.close();
      expect(await pending).toEqual([1]);
      await expect(store.submitTasks([aSubmission()])).rejects.toMatchObject({ code: 'storage_failed' });
      expect(states).toEqual([]);
      expect((await reopen(store)).counts().byStatus.queued).toBe(1);
    });
  });
}
