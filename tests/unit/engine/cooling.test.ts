import { describe, expect, it } from 'vitest';
import { aPool, caller, type SetupOptions, setup } from '../../helpers/engine.ts';

const cooling = { failures: 2, forMs: 10_000 };
const failed = { kind: 'failed', code: 'broken', message: '', retryable: false } as const;

/** A pool of one slot that takes work as long as it succeeds. */
async function breaking(options: SetupOptions = {}) {
  const made = await setup({ pools: [aPool({ cooling })], ...options });
  const { submit, hands, pass, engine, store } = made;
  async function ends(outcome?: Parameters<typeof hands.end>[1]): Promise<void> {
    const { seq } = await submit();
    hands.end(seq, outcome);
    await pass();
  }
  const until = () => engine.pools()[0]?.coolsUntil;
  const rows = () => store.snapshot().log.filter(({ type }) => type === 'pool_cooled');
  return { ...made, ends, until, rows };
}

describe('a pool on which attempts keep failing', () => {
  it('takes nothing for a while after so many failures in a row, says until when, and then goes on', async () => {
    const { ends, until, rows, submit, hands, pass, clock } = await breaking();
    await ends(failed);
    expect(until()).toBeUndefined();
    await ends(failed);
    expect(until()).toBe(clock.now() + 10_000);
    expect(rows()).toMatchObject([
      { taskSeq: null, details: { worker_pool: 'p', failures: 2, until: new Date(clock.now() + 10_000).toISOString() } },
    ]);
    const { seq } = await submit();
    await pass(9_999);
    expect(hands.running).toEqual([]);
    await pass(6); // timers fire within 5 ms
    expect([hands.running, until()]).toEqual([[seq], undefined]);
  });

  it('counts only what fails in a row, and time limits like failures', async () => {
    const { ends, until, submit, pass } = await breaking();
    await ends(failed);
    await ends();
    await ends(failed);
    expect(until()).toBeUndefined();
    await submit({ timeoutMs: 1_000 });
    await pass(1_005);
    expect(until()).toBeDefined();
  });

  it('is left alone twice as long when it fails at once again, and as at first after a success', async () => {
    const { ends, until, pass, clock } = await breaking();
    await ends(failed);
    await ends(failed);
    await pass(10_005);
    await ends(failed);
    expect(until()).toBe(clock.now() + 20_000);
    await pass(20_005);
    await ends();
    await ends(failed);
    expect(until()).toBeUndefined();
    await ends(failed);
    expect(until()).toBe(clock.now() + 10_000);
  });

  it('is never left alone for more than an hour', async () => {
    const { ends, until, pass, clock } = await breaking({ pools: [aPool({ cooling: { failures: 1, forMs: 1_800_000 } })] });
    for (const ms of [1_800_000, 3_600_000, 3_600_000]) {
      await ends(failed);
      expect(until()).toBe(clock.now() + ms);
      await pass(ms + 5);
    }
  });

  it('is not judged by attempts of before its pause, not even after one has succeeded, nor by what was cancelled or has several parts', async () => {
    const { submit, hands, pass, until, engine, answered, clock } = await breaking({ pools: [aPool({ capacity: 5, cooling })] });
    const [slow, slower, first, second] = [await submit(), await submit(), await submit(), await submit()];
    for (const { seq } of [first, second]) hands.end(seq, failed);
    await pass();
    expect(until()).toBe(clock.now() + 10_000);
    await pass(10_005);
    hands.end(slow.seq, failed);
    await pass();
    expect(until()).toBeUndefined();
    hands.end((await submit()).seq);
    await pass();
    hands.end(slower.seq, failed);
    await pass();
    const cancelled = await submit();
    await answered(engine.cancel(cancelled.id, caller));
    const gang = await submit({ parts: 2 });
    hands.end(gang.seq, failed);
    hands.end((await submit()).seq, failed);
    await pass();
    expect(until()).toBeUndefined();
  });

  it('is not judged by deadlines, and not while it drains', async () => {
    const { submit, hands, pass, until, engine, answered, clock } = await breaking({ pools: [aPool({ capacity: 5, cooling })] });
    const deadline = clock.now() + 1_000;
    for (let i = 0; i < 2; i++) await submit({ deadline });
    await pass(1_100);
    expect([until(), hands.running]).toEqual([undefined, []]);
    const last = [await submit(), await submit()];
    await answered(engine.changePool('p', { state: 'draining' }, caller));
    for (const { seq } of last) hands.end(seq, failed);
    await pass();
    expect(until()).toBeUndefined();
  });

  it('lets its tasks go elsewhere, and tells those that cannot why they wait and who could help', async () => {
    const { ends, submit, hands, engine, answered, clock } = await breaking({
      pools: [aPool({ name: 'broken', costPerUnit: 1, cooling }), aPool({ name: 'other', region: 'eu-west', costPerUnit: 2 })],
      options: { algorithm: { algorithm: 'min_cost' } },
    });
    await ends(failed);
    await ends(failed);
    const free = await submit();
    expect(hands.running).toEqual([free.seq]);
    const bound = await submit({ region: 'us-east', regionMode: 'require' });
    const opensAt = clock.now() + 10_000;
    const explanation = await answered(engine.explain(bound.id, caller));
    expect(explanation).toMatchObject({
      holds: [{ code: 'pool_cooling', clearedBy: 'time', until: opensAt }],
      waiting: { forecast: { startMs: [10_000, 10_000] } },
      unblock: [{ change: 'resume_pool', subject: 'broken', from: 'cooling', to: 'active', startsOn: 'broken' }],
    });
  });

  it('takes tasks again at once when an operator says so, and counts only what begins then', async () => {
    const { until, submit, hands, engine, answered, pass } = await breaking({ pools: [aPool({ capacity: 4, cooling })] });
    const [slow, slower, ...bad] = [await submit(), await submit(), await submit(), await submit()];
    for (const { seq } of bad) hands.end(seq, failed);
    await pass();
    const { seq } = await submit();
    expect(hands.running).not.toContain(seq);
    await pass(1_000);
    await answered(engine.changePool('p', { state: 'active' }, caller));
    expect(hands.running).toContain(seq);
    for (const each of [slow, slower]) hands.end(each!.seq, failed);
    hands.end(seq, failed);
    await pass();
    expect(until()).toBeUndefined();
    await pass(10_005);
    hands.end((await submit()).seq, failed);
    await pass();
    expect(until()).toBeDefined();
  });

  it('is forgotten when it is removed, so that one of the same name begins anew', async () => {
    const { ends, engine, answered, until, pass } = await breaking();
    await ends(failed);
    await ends(failed);
    await answered(engine.removePool('p', caller));
    await answered(engine.addPool(aPool({ cooling }), caller));
    expect(until()).toBeUndefined();
    await ends(failed);
    await pass(10_005);
    expect(until()).toBeUndefined();
    await ends(failed);
    expect(until()).toBeDefined();
  });

  it('goes on taking work, however much fails, where it has no rule', async () => {
    const { ends, hands } = await breaking({ pools: [aPool()] });
    for (let i = 0; i < 20; i++) await ends(failed);
    expect(hands.started).toHaveLength(20);
  });
});
