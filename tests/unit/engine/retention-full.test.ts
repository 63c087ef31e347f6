import { describe, expect, it } from 'vitest';
import { startRetention } from '../../../src/core/engine/retention.ts';
import { type CommitFault, createMemoryStore } from '../../../src/store/memory/memory-store.ts';
import { aClaim, aSettlement, aSubmission, noon, succeed } from '../../contract/store-builders.ts';
import { aClock } from '../../contract/store-clock.ts';

const minute = 60_000;

describe('retention on a full disk', () => {
  /** A store with one ended task whose next commits meet `fault`, and a sweep of it by hand. */
  async function aFullStore() {
    let fault: CommitFault | undefined;
    const store = createMemoryStore({ clock: aClock(), faults: () => fault });
    await store.submitTasks([aSubmission()]);
    await store.claimTasks([aClaim(1)]);
    await store.settleAttempts([aSettlement(1, succeed)]);
    const become = async (next: CommitFault) => {
      fault = next;
      await store.submitTasks([aSubmission()]).catch(() => undefined);
      expect(store.state()).toBe(next.kind);
    };

    const timers: (() => void)[] = [];
    const failures: unknown[] = [];
    // The timer comes back when a sweep has nothing more to do.
    let rearmed = () => {};
    const clock = {
      ...aClock(),
      now: () => noon + 10 * minute,
      after(_delayMs: number, fn: () => void) {
        timers.push(fn);
        rearmed();
        return () => {};
      },
    };
    startRetention({ store, clock, failed: (error) => failures.push(error) }, { maxAgeMs: minute, maxTasks: 10, maxLogAgeMs: 1e9 });
    const sweep = () =>
      new Promise<void>((resolve) => {
        rearmed = resolve;
        timers.shift()?.();
      });
    return {
      store,
      failures,
      sweep,
      become,
      heal: () => {
        fault = undefined;
      },
    };
  }

  it('makes room', async () => {
    const { store, sweep, become, heal, failures } = await aFullStore();
    await become({ kind: 'full' });
    heal();
    await sweep();
    expect(await store.taskBySeq(1)).toBeUndefined();
    expect(failures).toEqual([]);
  });

  it('tries again at the next sweep, and says nothing, when the removal finds no room either', async () => {
    const { store, sweep, become, heal, failures } = await aFullStore();
    await become({ kind: 'full' });
    await sweep();
    await sweep();
    expect(await store.taskBySeq(1)).toBeDefined();
    expect(failures).toEqual([]);
    heal();
    await sweep();
    expect(await store.taskBySeq(1)).toBeUndefined();
  });

  it('leaves a store alone that failed', async () => {
    const { store, sweep, become, heal } = await aFullStore();
    await become({ kind: 'failed' });
    heal();
    await sweep();
    expect(await store.taskBySeq(1)).toBeDefined();
  });
});
