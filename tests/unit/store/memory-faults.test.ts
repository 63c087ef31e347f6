import { describe, expect, it } from 'vitest';
import { createVirtualClock } from '../../../src/core/replay/virtual-clock.ts';
import { type CommitFault, createMemoryStore, type MemoryStoreOptions } from '../../../src/store/memory/memory-store.ts';
import { aSubmission, noon, submitted } from '../../contract/store-builders.ts';
import { checkStore } from '../../contract/store-checks.ts';

/** Faults in the order the commits meet them. */
function setup(faults: (CommitFault | undefined)[] = [], options: Partial<MemoryStoreOptions> = {}) {
  const clock = createVirtualClock({ startAt: noon });
  const store = createMemoryStore({ clock, faults: () => faults.shift(), ...options });
  const run = async () => {
    while (clock.runNext()) await new Promise((resolve) => setImmediate(resolve));
  };
  const answered = <Result>(call: Promise<Result>) => run().then(() => call);
  return { clock, store, run, answered };
}

describe('faults of the memory store', () => {
  it('full: nothing is written, writes are refused until a probe finds room', async () => {
    const { store, answered } = setup([undefined, { kind: 'full' }, { kind: 'full' }, undefined]);
    const states: string[] = [];
    store.onState((state) => states.push(state));
    await answered(submitted(store, {}));
    const refused = expect(store.submitTasks([aSubmission()])).rejects.toMatchObject({ code: 'storage_full', retryAfterS: 5 });
    await answered(refused);

    await expect(store.submitTasks([aSubmission()])).rejects.toMatchObject({ code: 'storage_full' });
    expect([store.state(), await store.probe(), store.state(), await store.probe(), store.state()]).toEqual([
      'full',
      false,
      'full',
      true,
      'ok',
    ]);
    expect(states).toEqual(['full', 'ok']);
    expect(store.counts().byStatus.queued).toBe(1);
    expect(await answered(submitted(store, {}))).toEqual([2]);
    await checkStore(store);
  });

  it('failed: for good', async () => {
    const { store, answered } = setup([{ kind: 'failed' }]);
    await answered(expect(store.submitTasks([aSubmission()])).rejects.toMatchObject({ code: 'storage_failed' }));
    await expect(store.submitTasks([aSubmission()])).rejects.toMatchObject({ code: 'storage_failed' });
    expect([store.state(), await store.probe()]).toEqual(['failed', false]);
    await checkStore(store);
  });

  it.each([
    ['before', 0],
    ['after', 1],
  ] as const)('a crash %s the commit answers nobody, and leaves %i task', async (when, left) => {
    const { clock, store, run } = setup([{ kind: 'crash', when }]);
    let heard = false;
    for (const call of [store.submitTasks([aSubmission()]), store.flush()])
      void call.finally(() => {
        heard = true;
      });
    await run();
    void store.submitTasks([aSubmission()]).finally(() => {
      heard = true;
    });
    await run();
    expect(heard).toBe(false);

    const next = createMemoryStore({ clock, image: store.image() });
    expect([next.serverEpoch, next.counts().byStatus.queued]).toEqual([2, left]);
    await checkStore(next);
  });

  it('a crash on order stops it in the middle of a group that waits', async () => {
    const { clock, store, run } = setup();
    let heard = false;
    void store.submitTasks([aSubmission()]).finally(() => {
      heard = true;
    });
    store.crash();
    await run();
    expect(heard).toBe(false);
    expect(createMemoryStore({ clock, image: store.image() }).counts().byStatus.queued).toBe(0);
  });

  it('unsynced: visible and answered, and gone after a power cut until the next synced commit', async () => {
    const { store, answered } = setup([undefined, { kind: 'unsynced' }, { kind: 'unsynced' }, undefined]);
    await answered(submitted(store, {}));
    await answered(submitted(store, {}));
    await answered(store.cancelTask(1, noon, 'alice'));
    expect(store.counts().byStatus).toMatchObject({ queued: 1, cancelled: 1 });
    const lost = store.image();
    expect(lost.tasks).toMatchObject([{ seq: 1, status: 'queued' }]);
    expect(store.snapshot().tasks).toMatchObject([
      { seq: 1, status: 'cancelled' },
      { seq: 2, status: 'queued' },
    ]);
    await answered(submitted(store, {}));
    expect(store.image().tasks).toHaveLength(3);
    await checkStore(store);
  });

  it('slow: the group waits, shows nothing meanwhile, and takes in what is called until then', async () => {
    const { clock, store, run } = setup([], { commitDelayMs: () => 500 });
    const calls = [submitted(store, {})];
    clock.advanceTo(499);
    calls.push(submitted(store, {}));
    await Promise.resolve();
    expect(store.counts().byStatus.queued).toBe(0);
    await run();
    expect(await Promise.all(calls)).toEqual([[1], [2]]);
    expect(clock.monotonicMs()).toBe(500);
    expect(store.snapshot().links).toHaveLength(2);
  });

  it('is asked with the number of the commit and of its operations', async () => {
    const asked: object[] = [];
    const { store, answered } = setup([], {
      faults: (commit) => {
        asked.push(commit);
        return undefined;
      },
    });
    await answered(Promise.all([submitted(store, {}), submitted(store, {}, {})]));
    await answered(submitted(store, {}));
    expect(asked).toEqual([
      { number: 1, operations: 2 },
      { number: 2, operations: 1 },
    ]);
  });

  it('an image is a value: what happens later does not change it', async () => {
    const { store, answered } = setup();
    await answered(submitted(store, {}));
    const image = store.image();
    await answered(store.cancelTask(1, noon, 'alice'));
    expect(image.tasks).toMatchObject([{ status: 'queued' }]);
    expect(image.log.at(-1)).toMatchObject({ type: 'created' });
  });
});
