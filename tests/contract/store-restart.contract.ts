import { describe, expect, it } from 'vitest';
import type { Store } from '../../src/core/ports/store.ts';
import type { Bench } from './store.contract.ts';
import {
  aClaim,
  anEpoch,
  aPool,
  aSettlement,
  aSimulation,
  aSubmission,
  aTenant,
  aType,
  fail,
  noon,
  submitted,
  succeed,
} from './store-builders.ts';
import { contentOf } from './store-checks.ts';

export function restartContract({ open, reopen, crash }: Bench): void {
  describe('a restart', () => {
    for (const [name, again] of Object.entries({ close: reopen, kill: crash })) {
      it(`finds everything as it was, after a ${name}`, async () => {
        const before = await open();
        await liveThrough(before);
        const content = await contentOf(before);
        const store = await again(before);
        const { log, bounds, ...rest } = await contentOf(store);

        expect(store.serverEpoch).toBe(before.serverEpoch + 1);
        expect(rest).toEqual({ ...content, log: undefined, bounds: undefined, ...rest });
        expect(log.slice(0, -1)).toEqual(content.log);
        expect(log.at(-1)).toMatchObject({ type: 'server_started', details: { server_epoch: store.serverEpoch } });
        expect(bounds).toEqual({ ...content.bounds, head: content.bounds.head + 1 });
      });
    }

    it('knows where the parts of a task run, and how many it has', async () => {
      const before = await open();
      const parts = ['a', 'b', 'a'];
      const [first = 0, second = 0] = await submitted(before, { parts: 3 }, { parts: 2 });
      const [claimed] = await before.claimTasks([aClaim(first, { pool: 'a', parts })]);
      expect(claimed).toMatchObject({ pool: 'a', parts: 3, placement: parts });
      const store = await reopen(before);
      expect(await store.processing()).toMatchObject([{ task: { seq: first, parts: 3, placement: parts } }]);
      const waiting: [number, number][] = [];
      await store.eachWaiting(({ seq, parts: count }) => waiting.push([seq, count]));
      expect(waiting).toEqual([[second, 2]]);
      await store.settleAttempts([aSettlement(first, succeed)]);
      expect(await store.recentRuns(10)).toMatchObject([{ pool: 'a', parts }]);
      expect((await store.claimTasks([aClaim(second)]))[0]).toMatchObject({ placement: null });
    });

    it('goes on counting where it stopped', async () => {
      const before = await open();
      await liveThrough(before);
      const last = (await before.tasks({ filter: {}, limit: 1 })).tasks[0]!.seq;
      const store = await reopen(before);
      expect(await submitted(store, {})).toEqual([last + 1]);
      expect(await store.openEpoch(anEpoch(), 2)).toMatchObject({ epoch: 3 });
      expect(await store.addPool(aPool({ name: 'new' }), noon, 'operator')).toMatchObject({ id: 3 });
    });

    it('forgets what was called but not committed when it was killed', async () => {
      const before = await open();
      await submitted(before, {});
      void before.submitTasks([aSubmission()]);
      const store = await crash(before);
      expect(store.counts().byStatus.queued).toBe(1);
      expect(await store.taskBySeq(2)).toBeUndefined();
    });
  });
}

/** Some of everything. */
async function liveThrough(store: Store): Promise<void> {
  await store.addPool(aPool(), noon, 'operator');
  await store.addPool(aPool({ name: 'gone' }), noon, 'operator');
  await store.removePool('gone', noon, 'operator');
  await store.putType(aType(), noon, 'operator');
  await store.putTenant(aTenant(), noon, 'operator');
  await store.openEpoch(anEpoch());
  await store.openEpoch(anEpoch({ name: 'min_cost' }));
  await store.putSimulation(aSimulation());
  const specs = [{ payload: { big: 'x'.repeat(9_000) } }, { region: 'eu-west' }, { tenant: 'acme' }, { runAt: noon + 9 }, {}, {}, {}];
  const seqs = await submitted(store, ...specs);
  await store.claimTasks(seqs.slice(0, 3).map((seq) => aClaim(seq)));
  await store.settleAttempts([aSettlement(seqs[0]!, succeed), aSettlement(seqs[1]!, fail)]);
  await store.cancelTask(seqs[2]!, noon + 20, 'alice');
  await store.cancelTask(seqs[4]!, noon + 20, 'alice');
  await store.expireTasks([seqs[5]!], noon + 30);
}
