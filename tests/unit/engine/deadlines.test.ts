import { describe, expect, it } from 'vitest';
import { caller, setup } from '../../helpers/engine.ts';

const hour = 3_600_000;

describe('the deadline of a task', () => {
  it('is watched until the task has ended, however it did', async () => {
    const { submit, engine, answered, hands, pass, clock, pending } = await setup();
    await pass();
    const before = pending();
    const deadline = clock.now() + hour;
    const [runs, waits, fails] = [await submit({ deadline }), await submit({ deadline }), await submit({ deadline, maxAttempts: 1 })];
    expect(pending()).toBeGreaterThan(before);
    hands.end(runs.seq);
    await answered(engine.cancel(waits.id, caller));
    await pass(1);
    hands.end(fails.seq, { kind: 'failed', code: 'broken', message: 'no', retryable: false });
    await pass(1);
    expect([engine.stats().byStatus.completed, engine.stats().byStatus.cancelled, engine.stats().byStatus.failed]).toEqual([1, 1, 1]);
    await pass(60_000);
    expect(pending()).toBe(before);
  });

  it('ends a task that waits, and one that is tried again', async () => {
    const { submit, hands, pass, clock, row } = await setup();
    const deadline = clock.now() + 1_500;
    const tried = await submit({ deadline, maxAttempts: 9 });
    const waits = await submit({ deadline });
    hands.end(tried.seq, { kind: 'failed', code: 'broken', message: 'no', retryable: true });
    await pass(2_000);
    expect([row(tried.seq).status, row(waits.seq).status]).toEqual(['failed', 'failed']);
    expect(row(tried.seq).error?.code).toBe('deadline_exceeded');
  });
});
