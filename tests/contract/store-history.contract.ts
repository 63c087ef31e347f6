import { describe, expect, it } from 'vitest';
import type { Bench } from './store.contract.ts';
import {
  aClaim,
  anEpoch,
  aPool,
  aSettlement,
  aSpec,
  aSubmission,
  aTenant,
  aType,
  fail,
  noon,
  running,
  submitted,
  succeed,
} from './store-builders.ts';
import { allLog } from './store-checks.ts';

export function historyContract({ open, history, prune }: Bench): void {
  describe('looking back', () => {
    it('tells what was asked and every attempt, with what lay between them', async () => {
      const store = await open();
      const spec = { priority: 9, regionMode: 'require', estimateMs: 70, deadline: noon + 9_000, resourceType: 'gpu' } as const;
      const seq = await running(store, spec);
      const error = { code: 'handler_failed', message: 'no' };
      const retry = { verb: 'retry', error, dueAt: noon + 250, outcome: 'failed' } as const;
      await store.settleAttempts([aSettlement(seq, retry)]);
      await store.makeDue([seq], noon + 255);
      await store.claimTasks([aClaim(seq, { attempt: 2, at: noon + 300 })]);
      await store.settleAttempts([aSettlement(seq, { verb: 'release' }, { attempt: 2, at: noon + 310 })]);
      await store.claimTasks([aClaim(seq, { attempt: 3, at: noon + 400, pool: 'far' })]);
      await store.settleAttempts([aSettlement(seq, succeed, { attempt: 3, at: noon + 450, cost: 2 })]);
      const { metadata: _m, payload: _p, runAt: _r, maxAttempts, ...asked } = aSpec(spec);
      const back = history();
      const [task, ...more] = back.tasks(1, 9);
      expect(more).toEqual([]);
      expect(task).toEqual({
        entry: { ...asked, seq, parts: 1, readyAt: noon, attempt: 0 },
        ...{ enqueuedAt: noon, maxAttempts, status: 'completed', completedAt: noon + 450, cancelRequestedAt: null, actualCost: 3 },
        attempts: [
          { pool: 'local', startedAt: noon + 10, endedAt: noon + 50, parts: null, outcome: 'failed', backoffMs: 205 },
          { pool: 'local', startedAt: noon + 300, endedAt: noon + 310, parts: null, outcome: 'released', backoffMs: 0 },
          { pool: 'far', startedAt: noon + 400, endedAt: noon + 450, parts: null, outcome: 'succeeded', backoffMs: 0 },
        ],
      });
      expect(back.idOf(seq)).toBe((await store.taskBySeq(seq))?.id);
      expect(back.idOf(99)).toBeUndefined();
    });

    it('tells what still runs, waits, is delayed or was cancelled', async () => {
      const store = await open();
      const [waiting, delayed, cancelled] = await submitted(store, {}, { runAt: noon + 5_000 }, {});
      const runs = await running(store);
      await store.cancelTask(cancelled!, noon + 20, 'bob');
      await store.cancelTask(runs, noon + 30, 'bob');
      const [a, b, c, d] = history().tasks(1, 4);
      expect(a).toMatchObject({ entry: { seq: waiting }, status: 'queued', attempts: [], completedAt: null });
      expect(b).toMatchObject({ entry: { seq: delayed, readyAt: noon + 5_000 }, status: 'delayed' });
      expect(c).toMatchObject({ status: 'cancelled', completedAt: noon + 20 });
      expect(d).toMatchObject({ status: 'processing', cancelRequestedAt: noon + 30, attempts: [{ endedAt: null, outcome: null }] });
    });

    it('finds the tasks of a window, its first moment included and its last not', async () => {
      const store = await open();
      await store.submitTasks(Array.from({ length: 5_001 }, (_, i) => aSubmission({}, { at: noon + 10 * Math.floor(i / 2) })));
      const back = history();
      expect(back.extent(noon, noon + 10)).toEqual({ first: 1, last: 2, stored: 2, isCut: false });
      expect(back.extent(noon + 1, noon + 31)).toEqual({ first: 3, last: 8, stored: 6, isCut: false });
      expect(back.extent(noon - 5, noon + 1e9)).toEqual({ first: 1, last: 5_001, stored: 5_001, isCut: false });
      expect(back.extent(noon - 5, noon)).toBeUndefined();
      expect(back.extent(noon + 25_001, noon + 1e9)).toBeUndefined();
      expect(Array.from(back.tasks(2, 5_000), ({ entry }) => entry.seq)).toEqual(Array.from({ length: 4_999 }, (_, i) => i + 2));
    });

    it('keeps what was decided on beside the first start of a turn, and shows it to who looks back only', async () => {
      const store = await open();
      const [a, b, c] = await submitted(store, {}, {}, {});
      const inputs = { number: 3, decided: 2, items: ['+1:2', ['pool', { id: 1, name: 'p' }]] };
      const plain = { worker_pool: 'local', region: 'us-east' };
      await store.claimTasks([aClaim(99), aClaim(a!), aClaim(b!)], inputs);
      await store.claimTasks([aClaim(c!, { details: plain })], { ...inputs, number: 4 });
      await store.claimTasks([aClaim(99)], { ...inputs, number: 5 });
      await store.recordInputs({ ...inputs, number: 6, decided: 0 }, noon + 70);
      const [head, ...rows] = history().decisions(0);
      expect(head).toMatchObject({ taskSeq: a, at: noon + 10, details: aClaim(a!).details, inputs });
      expect(rows).toMatchObject([
        { taskSeq: b, details: aClaim(b!).details },
        { taskSeq: c, details: plain, inputs: { number: 4 } },
        { taskSeq: null, details: {}, inputs: { number: 5 } },
        { taskSeq: null, at: noon + 70, details: {}, inputs: { ...inputs, number: 6, decided: 0 } },
      ]);
      expect(rows[0]).not.toHaveProperty('inputs');
      expect(history().decisions(head!.seq)[Symbol.iterator]().next().value).toMatchObject({ taskSeq: b });
      const log = await allLog(store);
      expect(log.slice(-2).map(({ type, details }) => [type, details])).toEqual([
        ['inputs_noted', {}],
        ['inputs_noted', {}],
      ]);
      expect(log.find(({ taskSeq, type }) => taskSeq === c && type === 'scheduled')?.details).toEqual(plain);
    });

    it('knows which runs there had been by a row of the log', async () => {
      const store = await open();
      const [first, second] = [await running(store), await running(store)];
      await store.settleAttempts([aSettlement(first, succeed)]);
      const { head } = store.logBounds();
      await store.settleAttempts([aSettlement(second, succeed)]);
      const back = history();
      expect(back.runsUntil(head, 9)).toEqual([expect.objectContaining({ outcome: 'succeeded', runMs: 40 })]);
      expect(back.runsUntil(head + 1, 9)).toHaveLength(2);
      expect(back.runsUntil(head + 1, 1)).toHaveLength(1);
      expect(back.task(first)).toMatchObject({ entry: { seq: first }, status: 'completed' });
      expect(back.task(99)).toBeUndefined();
    });

    it('says what retention has removed', async () => {
      prune();
      const store = await open();
      const [first, second] = [await running(store), await running(store)];
      await submitted(store, {});
      const fourth = await running(store);
      await store.settleAttempts([aSettlement(first, succeed), aSettlement(fourth, succeed)]);
      await store.deleteTerminal(1, noon + 1e6, noon + 1e6);
      expect(history().extent(noon, noon + 1)).toEqual({ first: second, last: 4, stored: 3, isCut: true });
    });

    it('has nothing to tell of an empty database', async () => {
      const store = await open();
      const back = history();
      expect(back.extent(0, noon + 1e9)).toBeUndefined();
      expect([...back.tasks(1, 9), ...back.carriedOver(9, noon)]).toEqual([]);
      expect(back.systemRows()).toMatchObject([{ type: 'server_started' }]);
      expect(back.timeBefore(1)).toBeUndefined();
      expect(store.lastSeq()).toBe(0);
    });

    it('finds what had not ended before a window', async () => {
      const store = await open();
      const [early, late] = [await running(store), await running(store)];
      const [waits] = await submitted(store, {});
      const runs = await running(store);
      await submitted(store, {});
      await store.settleAttempts([aSettlement(early, succeed, { at: noon + 40 }), aSettlement(late, fail, { at: noon + 60 })]);
      expect(Array.from(history().carriedOver(5, noon + 50), ({ entry }) => entry.seq)).toEqual([late, waits, runs]);
    });

    it('tells pools, types, tenants, epochs and all that changed them', async () => {
      const store = await open();
      const pool = await store.addPool(aPool(), noon, 'bob');
      const type = await store.putType(aType(), noon, 'bob');
      const tenant = await store.putTenant(aTenant(), noon, 'bob');
      const receipt = { replay: 'r', promised: { cost: 1 } };
      const epochs = [await store.openEpoch(anEpoch(), 0), await store.openEpoch(anEpoch({ name: 'sjf' }), 1, { receipt })];
      await store.noteReplay('replay_started', { replay: 'r' }, noon + 5);
      await submitted(store, {});
      const back = history();
      expect([back.pools(), back.types(), back.tenants(), back.epochs()]).toEqual([[pool], [type], [tenant], epochs]);
      const rows = back.systemRows();
      expect(rows.map((row) => row.type)).toEqual([
        ...['server_started', 'pool_added', 'type_added', 'tenant_added', 'algorithm_switched', 'algorithm_switched', 'replay_started'],
      ]);
      expect(rows[1]).toMatchObject({ at: noon, details: { worker_pool: 'local', capacity: 10 } });
      expect(rows[5]?.details).toMatchObject({ algorithm: 'sjf', receipt });
      expect(rows[4]?.details).not.toHaveProperty('receipt');
      expect(rows[6]).toMatchObject({ at: noon + 5, details: { replay: 'r' } });
      expect(back.timeBefore(3)).toBe(noon);
    });

    it('tells the runs before a moment, oldest first', async () => {
      const store = await open();
      const seqs = [await running(store, { type: 'sum', estimateMs: 5 }), await running(store), await running(store), await running(store)];
      const ends = [succeed, fail, succeed, succeed].map((verdict, i) => aSettlement(seqs[i]!, verdict, { at: noon + 50 + 10 * i }));
      await store.settleAttempts(ends);
      const runs = history().runsBefore(noon + 80, 10);
      expect(runs).toEqual([
        { outcome: 'succeeded', tenant: 'default', type: 'sum', pool: 'local', runMs: 40, slots: 1, cost: 1, parts: null, statedMs: 5 },
        { outcome: 'failed', tenant: 'default', type: 'hash', pool: 'local', runMs: 50, slots: 1, cost: 1, parts: null, statedMs: null },
        { outcome: 'succeeded', tenant: 'default', type: 'hash', pool: 'local', runMs: 60, slots: 1, cost: 1, parts: null, statedMs: null },
      ]);
    });
  });
}
