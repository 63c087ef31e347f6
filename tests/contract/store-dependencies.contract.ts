import { describe, expect, it } from 'vitest';
import type { Dependencies } from '../../src/core/domain/dependency.ts';
import type { Seq } from '../../src/core/domain/units.ts';
import type { Store } from '../../src/core/ports/store.ts';
import type { NewDependencies, Submission } from '../../src/core/ports/task-store.ts';
import type { Bench } from './store.contract.ts';
import { aClaim, aSettlement, aSubmission, noon, submitted, succeed } from './store-builders.ts';

const error = { code: 'dependency_failed', message: 'its parent failed' };
const idempotency = { key: 'k', fingerprint: 'f' };

/** A submission that waits for tasks there are. */
async function childOf(store: Store, parents: readonly Seq[], changes: Partial<NewDependencies> = {}, spec = {}): Promise<Submission> {
  const found = await Promise.all(parents.map((seq) => store.taskBySeq(seq)));
  const named = found.map((task, i) => ({ seq: task!.seq, id: task!.id, name: `p${i}` }));
  return aSubmission(spec, { dependsOn: { parents: named, onFailure: 'fail', waits: true, ...changes } });
}

async function accept(store: Store, ...items: Submission[]): Promise<Seq[]> {
  const receipts = await store.submitTasks(items);
  return receipts.map((receipt) => ('task' in receipt ? receipt.task.seq : 0));
}

async function complete(store: Store, seq: Seq): Promise<void> {
  await store.claimTasks([aClaim(seq)]);
  await store.settleAttempts([aSettlement(seq, succeed)]);
}

export function dependenciesContract({ open, reopen, history }: Bench): void {
  describe('a task with parents', () => {
    it('begins delayed when it waits, queued when it does not, and says so in the log', async () => {
      const store = await open();
      const [parent] = await submitted(store, {});
      const { id } = (await store.taskBySeq(parent!))!;
      const [waits, ready, timed] = await accept(
        store,
        await childOf(store, [parent!]),
        await childOf(store, [parent!], { waits: false, onFailure: 'run' }),
        await childOf(store, [parent!], {}, { runAt: noon + 5_000 }),
      );
      expect(await store.taskBySeq(waits!)).toMatchObject({ status: 'delayed', dueAt: null, readyAt: noon });
      expect(await store.taskBySeq(ready!)).toMatchObject({
        status: 'queued',
        dependsOn: { parents: [{ seq: parent, id, name: 'p0' }], onFailure: 'run' },
      });
      expect(await store.taskBySeq(timed!)).toMatchObject({ status: 'delayed', dueAt: noon + 5_000 });
      expect((await store.taskLog(waits!, 10))[0]?.details).toMatchObject({ waits_for: [id] });
      expect((await store.taskLog(ready!, 10))[0]?.details).toMatchObject({ depends_on: [id] });
      expect((await store.childrenOf(parent!, 10)).map(({ seq }) => seq)).toEqual([waits, ready, timed]);
      expect((await store.childrenOf(parent!, 2)).map(({ seq }) => seq)).toEqual([waits, ready]);
    });

    it('keeps its parents awaited until it has ended', async () => {
      const store = await open();
      const [parent, other] = await submitted(store, {}, {});
      const [first, second] = await accept(store, await childOf(store, [parent!]), await childOf(store, [parent!]));
      const awaited = () => Promise.all([parent!, other!].map((seq) => store.isAwaited(seq)));
      expect(await awaited()).toEqual([true, false]);
      await store.cancelTask(first!, noon, 'test');
      expect(await awaited()).toEqual([true, false]);
      await store.cancelTask(second!, noon, 'test');
      expect(await awaited()).toEqual([false, false]);
    });

    it('may be accepted in one call with them, under their ids', async () => {
      const store = await open();
      const parent = aSubmission();
      const link = (name: string | undefined) => ({
        dependsOn: { parents: [{ item: 0, name }], onFailure: 'skip' as const, waits: true },
      });
      const [first, named, unnamed] = await accept(store, parent, aSubmission({}, link('x')), aSubmission({}, link(undefined)));
      expect((await store.taskBySeq(named!))?.dependsOn).toEqual({
        parents: [{ seq: first, id: parent.id, name: 'x' }],
        onFailure: 'skip',
      });
      expect((await store.taskBySeq(unnamed!))?.dependsOn?.parents).toEqual([{ seq: first, id: parent.id, name: parent.id }]);
    });

    it('waits for the task that was made first when its parent is a duplicate, and is left out with one that is', async () => {
      const store = await open();
      const [first] = await accept(store, aSubmission({}, { idempotency }));
      const child = () => aSubmission({}, { dependsOn: { parents: [{ item: 0, name: 'p' }], onFailure: 'fail', waits: true } });
      const again = await store.submitTasks([aSubmission({}, { idempotency }), child()]);
      expect(again).toMatchObject([{ kind: 'duplicate' }, { kind: 'accepted', task: { dependsOn: { parents: [{ seq: first }] } } }]);
      const other = aSubmission({}, { idempotency: { ...idempotency, fingerprint: 'g' } });
      const refused = await store.submitTasks([other, child(), aSubmission()]);
      expect(refused.map(({ kind }) => kind)).toEqual(['key_reused', 'skipped', 'accepted']);
    });

    it('is ready from the moment its parents had ended; one that backs off keeps its age', async () => {
      const store = await open();
      const [parent] = await submitted(store, {});
      const [child] = await accept(store, await childOf(store, [parent!]));
      expect(await store.makeDue([child!], noon + 700)).toMatchObject([{ seq: child, readyAt: noon + 700 }]);
      expect(await store.taskBySeq(child!)).toMatchObject({ status: 'queued', readyAt: noon + 700 });
      await store.claimTasks([aClaim(child!)]);
      const retry = { verb: 'retry', error, outcome: 'failed', dueAt: noon + 2_000 } as const;
      await store.settleAttempts([aSettlement(child!, retry)]);
      expect(await store.makeDue([child!], noon + 2_000)).toMatchObject([{ readyAt: noon + 700 }]);
    });

    it('is ended for want of one, as failed or as cancelled, and only while it is delayed', async () => {
      const store = await open();
      const [parent, queued] = await submitted(store, {}, {});
      const [a, b] = await accept(store, await childOf(store, [parent!]), await childOf(store, [parent!]));
      const rejections = [
        { seq: a!, verb: 'reject', error } as const,
        { seq: b!, verb: 'skip', error } as const,
        { seq: queued!, verb: 'reject', error } as const,
        { seq: 99, verb: 'skip', error } as const,
      ];
      expect(await store.rejectTasks(rejections, noon + 9)).toEqual([true, true, false, false]);
      expect(await store.rejectTasks(rejections, noon + 10)).toEqual([false, false, false, false]);
      expect(await store.taskBySeq(a!)).toMatchObject({ status: 'failed', completedAt: noon + 9, error, attempt: 0 });
      expect(await store.taskBySeq(b!)).toMatchObject({ status: 'cancelled', completedAt: noon + 9, error });
      expect(await store.statuses([a!, b!, queued!, 99])).toEqual(['failed', 'cancelled', 'queued', undefined]);
      expect(store.counts()).toMatchObject({ failedEver: 1, cancelledEver: 1, byStatus: { delayed: 0 } });
    });

    it('is told at a restart with what it waits for, until it has run once', async () => {
      const before = await open();
      const [parent] = await submitted(before, {});
      const [waits, timed, ran] = await accept(
        before,
        await childOf(before, [parent!]),
        await childOf(before, [parent!], {}, { runAt: noon + 5_000 }),
        await childOf(before, [parent!]),
      );
      await before.makeDue([ran!], noon);
      await before.claimTasks([aClaim(ran!)]);
      await before.settleAttempts([aSettlement(ran!, { verb: 'retry', error, outcome: 'failed', dueAt: noon + 80 })]);
      const store = await reopen(before);
      const seen = new Map<Seq, [number | null, Dependencies | null]>();
      await store.eachWaiting(({ seq }, dueAt, waitsFor) => void seen.set(seq, [dueAt, waitsFor]));
      expect(seen.get(parent!)).toEqual([null, null]);
      expect(seen.get(waits!)).toMatchObject([null, { parents: [{ seq: parent, name: 'p0' }], onFailure: 'fail' }]);
      expect(seen.get(timed!)).toMatchObject([noon + 5_000, { parents: [{ seq: parent }] }]);
      expect(seen.get(ran!)).toEqual([noon + 80, null]);
    });

    it('keeps its parents from being removed until it has ended', async () => {
      const store = await open();
      const [parent, other] = await submitted(store, {}, {});
      await complete(store, parent!);
      const [child] = await accept(store, await childOf(store, [parent!]));
      await complete(store, other!);
      expect(await store.deleteTerminal(10, noon + 1_000_000, noon)).toBe(1);
      expect(await store.statuses([parent!, other!])).toEqual(['completed', undefined]);
      await store.makeDue([child!], noon + 60);
      await complete(store, child!);
      expect(await store.deleteTerminal(10, noon + 1_000_000, noon + 7_200_000)).toBe(2);
      expect(await store.childrenOf(parent!, 10)).toEqual([]);
    });
  });

  describe('looking back', () => {
    it('leaves out what its parents never let come to scheduling', async () => {
      const store = await open();
      const [parent] = await submitted(store, {});
      const [skipped, released] = await accept(store, ...(await Promise.all([1, 2, 3].map(() => childOf(store, [parent!])))));
      await store.rejectTasks([{ seq: skipped!, verb: 'skip', error }], noon + 1);
      await store.makeDue([released!], noon + 300);
      const back = history();
      expect([...back.tasks(1, 100)].map(({ entry }) => [entry.seq, entry.readyAt])).toEqual([
        [parent, noon],
        [released, noon + 300],
      ]);
      expect([...back.carriedOver(100, noon + 500)].map(({ entry }) => entry.seq)).toEqual([parent, released]);
    });
  });
}
