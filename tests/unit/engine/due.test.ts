import { describe, expect, it } from 'vitest';
import { aPool, caller, codeOf, setup } from '../../helpers/engine.ts';

const failed = { kind: 'failed', code: 'oops', message: '', retryable: true } as const;

describe('a delayed task', () => {
  it('starts at its time, also beside others that are due together', async () => {
    const { hands, pass, submit, clock } = await setup({ pools: [aPool({ capacity: 9 })] });
    for (let i = 0; i < 3; i++) await submit({ runAt: clock.now() + 1_000 });
    await pass(994);
    expect(hands.started).toEqual([]);
    await pass(11);
    expect(hands.started).toEqual(['1/1', '2/1', '3/1']);
  });

  it('never starts early, whatever the wall clock does', async () => {
    const { hands, pass, submit, clock } = await setup();
    await submit({ runAt: clock.now() + 1_000 });
    clock.jumpWall(-500);
    await pass(1_495);
    expect(hands.started).toEqual([]);
    await pass(10);
    expect(hands.started).toEqual(['1/1']);
  });

  it('can be made due at once', async () => {
    const { engine, answered, hands, pass, submit } = await setup();
    const { id } = await submit();
    hands.end(1, failed);
    await pass(900); // the back-off takes at least a second
    expect(await answered(engine.retry(id, caller))).toMatchObject({ created: false, task: { status: 'queued' } });
    expect(hands.started).toEqual(['1/1', '1/2']);
  });

  it('that waits for its run_at is not started before it by a retry', async () => {
    const { engine, answered, submit, clock, row } = await setup();
    const { id } = await submit({ runAt: clock.now() + 60_000 });
    expect(await answered(codeOf(engine.retry(id, caller)))).toBe('wrong_status');
    expect(row(1).status).toBe('delayed');
  });

  it('that was made due at once is not started early by its old timer after the next failure', async () => {
    const { engine, answered, hands, pass, submit, row } = await setup();
    const { id } = await submit({ maxAttempts: 9 });
    hands.end(1, failed);
    await pass(900); // the back-off takes at least a second
    await answered(engine.retry(id, caller));
    hands.end(1, failed);
    await pass();
    const { dueAt } = row(1);
    await pass(1_900);
    expect(row(1)).toMatchObject({ status: 'delayed', dueAt });
    expect(hands.started).toEqual(['1/1', '1/2']);
  });

  it('is due when it was due, though the disk was full then and the wall clock set back meanwhile', async () => {
    const { hands, disk, pass, submit, clock, store } = await setup();
    const runAt = clock.now() + 100;
    await submit({ runAt });
    disk.fault = { kind: 'full' };
    await pass(1_000);
    clock.jumpWall(-3_600_000);
    disk.fault = undefined;
    await pass(2_000);
    expect(hands.started).toEqual(['1/1']);
    expect(store.snapshot().log.find((entry) => entry.type === 'queued')?.at).toBeGreaterThanOrEqual(runAt);
  });

  it('cannot be made due while the disk is full, and the caller is told at once', async () => {
    const { engine, answered, disk, hands, pass, submit, row } = await setup();
    const { id } = await submit();
    hands.end(1, failed);
    await pass(900);
    disk.fault = { kind: 'full' };
    expect(await answered(codeOf(engine.retry(id, caller)))).toBe('storage_full');
    expect(row(1).status).toBe('delayed');
  });
});
