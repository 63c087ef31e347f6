import { describe, expect, it } from 'vitest';
import type { Constraint } from '../../src/core/domain/constraint.ts';
import type { Json } from '../../src/core/domain/json.ts';
import type { Task } from '../../src/core/domain/task.ts';
import type { SubmitReceipt } from '../../src/core/ports/task-store.ts';
import type { Bench } from './store.contract.ts';
import { aClaim, anId, aSettlement, aSubmission, noon, submitted, succeed } from './store-builders.ts';

const payloads: { payload: Json }[] = [null, 0, '', false, 'text', [], {}, 1.5, { constructor: 1 }, '\u2028 "quoted" \\'].map(
  (payload) => ({ payload }),
);
const constraints: readonly Constraint[] = [
  { label: 'spot', op: 'not_exists' },
  { label: 'gpu_memory_gb', op: '>', value: 16 },
  { label: 'zone', op: 'in', values: [7, 'a', 'ünï "b"'] },
];
const day = 24 * 3_600_000;

export function submitContract({ open, reopen }: Bench): void {
  describe('submitTasks', () => {
    it('stores every field of the spec and fills in the rest', async () => {
      const store = await open();
      const retryOf = anId();
      const submission = aSubmission(
        {
          tenant: 'acme',
          type: 'simulation',
          priority: 9,
          cost: 2.25,
          region: null,
          regions: ['us-west', 'eu-west'],
          regionMode: 'require',
          resourceType: 'gpu',
          constraints,
          slots: 3,
          parts: 2,
          estimateMs: 1_500,
          deadline: noon + 1e6,
          maxCost: 7.5,
          runAt: noon + 60_000,
          timeoutMs: 30_000,
          maxAttempts: 2,
          metadata: { note: 'ünïcode', nested: { deep: [1, null, 'x'] } },
          payload: ['anything', { at: 'all' }, 0, false, null],
        },
        { retryOf, initiatedBy: 'server-2', simulation: 'sim-1' },
      );
      const task = accepted((await store.submitTasks([submission]))[0]);

      expect(task).toEqual({
        ...submission.spec,
        seq: 1,
        id: submission.id,
        status: 'delayed',
        attempt: 0,
        attemptsUsed: 0,
        enqueuedAt: noon,
        readyAt: noon + 60_000,
        dueAt: noon + 60_000,
        startedAt: null,
        completedAt: null,
        pool: null,
        placement: null,
        nodeId: null,
        partNodes: null,
        initiatedBy: 'server-2',
        handledBy: null,
        algorithmUsed: null,
        actualCost: null,
        result: null,
        error: null,
        cancelRequestedAt: null,
        retryOf,
        dependsOn: null,
        version: store.logBounds().head,
      });
      expect(await store.task(submission.id)).toEqual(task);
      expect(await store.taskBySeq(1)).toEqual(task);
      const [created] = await store.taskLog(1, 10);
      expect(created).toMatchObject({
        at: noon,
        type: 'created',
        taskSeq: 1,
        taskId: submission.id,
        details: { priority: 9, region: null, run_at: new Date(noon + 60_000).toISOString(), simulation: 'sim-1', retry_of: retryOf },
      });
    });

    it('queues a task at once when its run_at is past, and says so in the log', async () => {
      const store = await open();
      const [receipt] = await store.submitTasks([aSubmission({ runAt: noon - 1 })]);
      expect(accepted(receipt)).toMatchObject({ status: 'queued', readyAt: noon, dueAt: null, runAt: noon - 1 });
      expect((await store.taskLog(1, 1))[0]?.details).toEqual({ priority: 5, region: 'us-east' });
    });

    it.each(payloads)('keeps it as it is: %j', async ({ payload }) => {
      const store = await open();
      const [seq] = await submitted(store, { payload });
      expect((await store.taskBySeq(seq!))?.payload).toEqual(payload);
    });

    it('numbers tasks in the order of acceptance, over calls and batches', async () => {
      const store = await open();
      const calls = [submitted(store, {}, {}), submitted(store, {}), submitted(store, {}, {}, {})];
      expect(await Promise.all(calls)).toEqual([[1, 2], [3], [4, 5, 6]]);
    });

    it('accepts an empty batch', async () => {
      const store = await open();
      expect(await store.submitTasks([])).toEqual([]);
    });

    it('does not know ids that were never given', async () => {
      const store = await open();
      expect(await store.task(anId())).toBeUndefined();
      expect(await store.task('not a uuid')).toBeUndefined();
      expect(await store.taskBySeq(99)).toBeUndefined();
      expect(await store.attempts(99)).toEqual([]);
      expect(await store.taskLog(99, 10)).toEqual([]);
    });
  });

  describe('idempotency keys', () => {
    const keyed = (key: string, fingerprint = 'same', tenant = 'default', at = noon) =>
      aSubmission({ tenant }, { at, idempotency: { key, fingerprint } });
    const kinds = (receipts: readonly SubmitReceipt[]) => receipts.map((receipt) => receipt.kind);

    it('answers the same request with the task made first, as it is now', async () => {
      const store = await open();
      const first = accepted((await store.submitTasks([keyed('k')]))[0]);
      await store.claimTasks([aClaim(first.seq)]);
      const [again] = await store.submitTasks([keyed('k')]);
      expect(again).toEqual({ kind: 'duplicate', task: await store.taskBySeq(first.seq) });
      expect(again).toMatchObject({ task: { id: first.id, status: 'processing' } });
      expect(store.counts().byStatus.processing).toBe(1);
      expect(store.counts().byStatus.queued).toBe(0);
    });

    it('refuses a known key with another request', async () => {
      const store = await open();
      await store.submitTasks([keyed('k', 'one')]);
      expect(await store.submitTasks([keyed('k', 'two')])).toEqual([{ kind: 'key_reused' }]);
    });

    it('keeps the keys of tenants apart', async () => {
      const store = await open();
      expect(kinds(await store.submitTasks([keyed('k', 'one', 'acme'), keyed('k', 'two', 'globex')]))).toEqual(['accepted', 'accepted']);
    });

    it('makes one task of two equal items in one batch', async () => {
      const store = await open();
      const receipts = await store.submitTasks([keyed('k'), keyed('other'), keyed('k'), keyed('k', 'different')]);
      expect(kinds(receipts)).toEqual(['accepted', 'accepted', 'duplicate', 'key_reused']);
      expect(receipts[2]).toEqual({ kind: 'duplicate', task: accepted(receipts[0]) });
    });

    it('makes one task of equal requests that arrive together', async () => {
      const store = await open();
      const answers = await Promise.all([
        store.submitTasks([keyed('k')]),
        store.submitTasks([keyed('k')]),
        store.submitTasks([keyed('k')]),
      ]);
      expect(kinds(answers.flat())).toEqual(['accepted', 'duplicate', 'duplicate']);
      expect(new Set(answers.flat().map((receipt) => 'task' in receipt && receipt.task.id)).size).toBe(1);
    });

    it('leaves every other item of an atomic batch out when one key was reused', async () => {
      const store = await open();
      await store.submitTasks([keyed('k', 'one')]);
      const receipts = await store.submitTasks([aSubmission(), keyed('k', 'two'), keyed('fresh')], { atomic: true });
      expect(kinds(receipts)).toEqual(['skipped', 'key_reused', 'skipped']);
      expect(store.counts().byStatus.queued).toBe(1);
      expect(kinds(await store.submitTasks([keyed('fresh')]))).toEqual(['accepted']);
    });

    it('takes the rest of a batch that is not atomic', async () => {
      const store = await open();
      await store.submitTasks([keyed('k', 'one')]);
      expect(kinds(await store.submitTasks([aSubmission(), keyed('k', 'two'), keyed('fresh')]))).toEqual([
        'accepted',
        'key_reused',
        'accepted',
      ]);
    });

    it('accepts an atomic batch with duplicates: they are no conflict', async () => {
      const store = await open();
      await store.submitTasks([keyed('k')]);
      expect(kinds(await store.submitTasks([keyed('k'), aSubmission()], { atomic: true }))).toEqual(['duplicate', 'accepted']);
    });

    it('remembers a key for 24 hours and not longer', async () => {
      const store = await open();
      await store.submitTasks([keyed('k', 'one')]);
      expect(kinds(await store.submitTasks([keyed('k', 'two', 'default', noon + day - 1)]))).toEqual(['key_reused']);
      expect(kinds(await store.submitTasks([keyed('k', 'two', 'default', noon + day)]))).toEqual(['accepted']);
      expect(kinds(await store.submitTasks([keyed('k', 'two', 'default', noon + day)]))).toEqual(['duplicate']);
    });

    it('remembers keys over a restart', async () => {
      const store = await open();
      const task = accepted((await store.submitTasks([keyed('k')]))[0]);
      const after = await reopen(store);
      expect(await after.submitTasks([keyed('k')])).toEqual([{ kind: 'duplicate', task }]);
    });

    it('keeps an ended task while its key is younger than the given time, and takes the others in its place', async () => {
      const store = await open();
      const receipts = await store.submitTasks([keyed('k', 'same', 'default', noon + 5), aSubmission(), aSubmission()]);
      const [held, ...others] = receipts.map((receipt) => accepted(receipt).seq);
      for (const [i, seq] of [held!, ...others].entries()) {
        await store.claimTasks([aClaim(seq)]);
        await store.settleAttempts([aSettlement(seq, succeed, { at: noon + 50 + i })]);
      }
      expect(await store.deleteTerminal(1, noon + 100, noon + 5)).toBe(1);
      expect(await Promise.all([held!, ...others].map(async (seq) => (await store.taskBySeq(seq))?.seq))).toEqual([held, undefined, 3]);
      expect(await store.deleteTerminal(10, noon + 100, noon + 5)).toBe(1);
      expect(await store.submitTasks([keyed('k')])).toMatchObject([{ kind: 'duplicate', task: { seq: held } }]);

      expect(await store.deleteTerminal(10, noon + 100, noon + 6)).toBe(1);
      expect(await store.taskBySeq(held!)).toBeUndefined();
      expect(kinds(await store.submitTasks([keyed('k')]))).toEqual(['accepted']);
    });

    it('forgets a key with its task, and keys made before the given time', async () => {
      const store = await open();
      const receipts = await store.submitTasks([keyed('gone'), keyed('old'), keyed('new', 'same', 'default', noon + 5)]);
      const seq = accepted(receipts[0]).seq;
      await store.claimTasks([aClaim(seq)]);
      await store.settleAttempts([aSettlement(seq, succeed)]);
      expect(await store.deleteTerminal(10, noon + 100, noon + 5)).toBe(1);
      expect(kinds(await store.submitTasks([keyed('gone'), keyed('old'), keyed('new')]))).toEqual(['accepted', 'accepted', 'duplicate']);
    });
  });
}

function accepted(receipt: SubmitReceipt | undefined): Task {
  if (receipt?.kind !== 'accepted') throw new Error(`not accepted: ${receipt?.kind}`);
  return receipt.task;
}
