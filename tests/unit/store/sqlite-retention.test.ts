import { describe, expect, it } from 'vitest';
import { aClaim, aSettlement, aSubmission, noon, succeed } from '../../contract/store-builders.ts';
import { checkStore } from '../../contract/store-checks.ts';
import { openDatabase } from './a-database.ts';

const day = 24 * 3_600_000;

describe('tasks kept for their keys', () => {
  /** So many ended tasks with keys, then one without. */
  async function aFront(keyed: number) {
    const { store } = openDatabase();
    const items = Array.from({ length: keyed }, (_, i) => aSubmission({}, { idempotency: { key: `k${i}`, fingerprint: 'same' } }));
    const receipts = await store.submitTasks([...items, aSubmission()]);
    const seqs = receipts.map((_, i) => i + 1);
    await store.claimTasks(seqs.map((seq) => aClaim(seq)));
    await store.settleAttempts(seqs.map((seq) => aSettlement(seq, succeed)));
    return store;
  }

  it('are looked at 20 for each that may go, and the next call goes on behind them', async () => {
    const store = await aFront(50);
    const removals: number[] = [];
    for (let i = 0; i < 4; i++) removals.push(await store.deleteTerminal(1, noon + 100, noon));
    expect(removals).toEqual([0, 0, 1, 0]);
    expect(await store.taskBySeq(51)).toBeUndefined();
    await checkStore(store);
  });

  it('go first once their keys have expired', async () => {
    const store = await aFront(50);
    for (let i = 0; i < 2; i++) expect(await store.deleteTerminal(1, noon + 100, noon)).toBe(0);
    expect(await store.deleteTerminal(1, noon + 100, noon + day)).toBe(1);
    expect(await store.taskBySeq(1)).toBeUndefined();
    expect(await store.deleteTerminal(100, noon + 100, noon + day)).toBe(50);
    await checkStore(store);
  });
});
