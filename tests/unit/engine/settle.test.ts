import { describe, expect, it } from 'vitest';
import { createSchedulingCore } from '../../../src/core/scheduling/core.ts';
import { aPool, aType, caller, setup } from '../../helpers/engine.ts';
import { anEntry, shortestFirst } from '../../helpers/scheduling.ts';

describe('the end of an attempt', () => {
  it('gives the result to the task and the slot to the next', async () => {
    const { hands, pass, submit, row } = await setup();
    await submit({ cost: 3 });
    await submit();
    hands.end(1, { kind: 'succeeded', result: { answer: 42 } });
    await pass();
    expect(row(1)).toMatchObject({ status: 'completed', result: { answer: 42 }, actualCost: 6, error: null });
    expect(hands.running).toEqual([2]);
  });

  it('teaches the core how long its kind runs, when it succeeded', async () => {
    const core = createSchedulingCore();
    const { hands, pass, submit } = await setup({ core, types: [aType({ name: 'ends' }), aType({ name: 'fails' })] });
    for (const [type, outcome] of [
      ['ends', { kind: 'succeeded', result: null }],
      ['fails', { kind: 'failed', code: 'no', message: 'no', retryable: false }],
    ] as const) {
      const { seq } = await submit({ type });
      await pass(300);
      hands.end(seq, outcome);
      await pass();
    }
    core.setStrategy(shortestFirst, 2, 1, 0);
    for (const [i, type] of ['fails', 'ends'].entries())
      core.submit(anEntry({ seq: 10 + i, type, estimateMs: 9_000, resourceType: 'gpu' }));
    expect(core.order()).toEqual([11, 10]);
  });

  it('keeps the slot until it is committed', async () => {
    const { disk, hands, pass, submit, engine } = await setup();
    await submit();
    await submit();
    disk.delayMs = 20;
    hands.end(1);
    await pass(19);
    expect([engine.inspect().pools[0]?.load, hands.started]).toEqual([1, ['1/1']]);
    await pass(21);
    expect(hands.started).toEqual(['1/1', '2/1']);
  });

  it('shares one commit with all others of its turn', async () => {
    const { hands, pass, submit, store } = await setup({ pools: [aPool({ capacity: 3 })] });
    for (let i = 0; i < 3; i++) await submit();
    const links = store.snapshot().links.length;
    for (const seq of [1, 2, 3]) hands.end(seq);
    await pass();
    expect(store.snapshot().links.length).toBe(links + 1);
  });

  it('of a failed one tries again after a back-off, with its age kept', async () => {
    const { hands, pass, submit, row, clock } = await setup();
    const { readyAt } = await submit();
    hands.end(1, { kind: 'failed', code: 'oops', message: 'no luck', retryable: true });
    await pass();
    const { dueAt } = row(1);
    expect(row(1)).toMatchObject({ status: 'delayed', attempt: 1, attemptsUsed: 1, error: { code: 'oops', message: 'no luck' } });
    expect((dueAt ?? 0) - clock.now()).toBeGreaterThanOrEqual(1_000);
    expect((dueAt ?? 0) - clock.now()).toBeLessThan(3_000);
    await pass(3_000);
    expect(row(1)).toMatchObject({ status: 'processing', attempt: 2, readyAt });
  });

  it('fails the task when it may not be tried again, or no attempt is left', async () => {
    const { hands, pass, submit, row } = await setup();
    await submit();
    hands.end(1, { kind: 'failed', code: 'bad_input', message: 'never', retryable: false });
    await pass();
    await submit({ maxAttempts: 1 });
    hands.end(2, { kind: 'lost', message: 'its thread died' });
    await pass();
    expect(row(1)).toMatchObject({ status: 'failed', error: { code: 'bad_input' } });
    expect(row(2)).toMatchObject({ status: 'failed', error: { code: 'lost' } });
  });

  it('stops an attempt that runs longer than its timeout, and counts it', async () => {
    const { hands, pass, submit, row, store } = await setup({ types: [aType({ timeoutMs: 1_000, maxAttempts: 1 })] });
    await submit();
    await pass(999);
    expect(hands.running).toEqual([1]);
    await pass(10);
    expect(row(1)).toMatchObject({ status: 'failed', error: { code: 'timed_out' } });
    expect(store.snapshot().attempts[0]).toMatchObject({ outcome: 'timed_out' });
  });

  it('lets a success stand that comes before a stop was obeyed', async () => {
    const { hands, pass, submit, row } = await setup({ types: [aType({ timeoutMs: 1_000 })] });
    hands.isDeaf = true;
    await submit();
    await pass(1_500);
    expect(hands.reasonOf(1)).toBe('timeout');
    hands.end(1, { kind: 'succeeded', result: 'done' });
    await pass();
    expect(row(1)).toMatchObject({ status: 'completed', result: 'done' });
  });

  it('does not time out what ended in time', async () => {
    const { hands, pass, submit, row, pending } = await setup({ types: [aType({ timeoutMs: 1_000 })] });
    await submit();
    hands.end(1);
    await pass(2_000);
    expect(row(1).status).toBe('completed');
    expect(pending()).toBe(1); // the retention's
  });
});

describe('a deadline', () => {
  it('fails a task that still waits, in the queue or backing off', async () => {
    const { hands, pass, submit, row, clock } = await setup();
    await submit();
    await submit({ deadline: clock.now() + 500 });
    await submit({ runAt: clock.now() + 10_000, deadline: clock.now() + 20_000 });
    await pass(510);
    expect(row(2)).toMatchObject({ status: 'failed', attempt: 0, error: { code: 'deadline_exceeded' } });
    await pass(20_000);
    expect(row(3)).toMatchObject({ status: 'failed', error: { code: 'deadline_exceeded' } });
    expect(hands.running).toEqual([1]);
  });

  it('stops a task that runs', async () => {
    const { pass, submit, row, clock } = await setup();
    await submit({ deadline: clock.now() + 500 });
    await pass(510);
    expect(row(1)).toMatchObject({ status: 'failed', attempt: 1, error: { code: 'deadline_exceeded' } });
  });

  it('that passes while a failed attempt is being settled still counts', async () => {
    const { disk, hands, pass, submit, row, clock } = await setup();
    await submit({ deadline: clock.now() + 100 });
    disk.delayMs = 200;
    hands.end(1, { kind: 'failed', code: 'oops', message: '', retryable: true });
    await pass(50);
    disk.delayMs = undefined; // the commit of the end is on its way and comes at 200
    await pass(140);
    expect(row(1).status).toBe('processing');
    await pass(20);
    expect(row(1)).toMatchObject({ status: 'failed', error: { code: 'deadline_exceeded' } });
  });

  it('that passes while a timeout is being obeyed still counts', async () => {
    const { hands, pass, submit, row, clock } = await setup({ types: [aType({ timeoutMs: 100 })] });
    hands.isDeaf = true;
    await submit({ deadline: clock.now() + 200 });
    await pass(300);
    expect(hands.reasonOf(1)).toBe('timeout');
    hands.end(1, { kind: 'stopped' });
    await pass(10);
    expect(row(1)).toMatchObject({ status: 'failed', error: { code: 'deadline_exceeded' } });
  });

  it('never comes early, though the wall clock is set back', async () => {
    const { pass, submit, row, clock } = await setup();
    await submit();
    await submit({ deadline: clock.now() + 500 });
    clock.jumpWall(-1_000);
    await pass(600);
    expect(row(2).status).toBe('queued');
    await pass(910);
    expect(row(2).status).toBe('failed');
  });
});

describe('a cancel', () => {
  it('takes a waiting task out for good', async () => {
    const { engine, answered, hands, pass, submit, row } = await setup();
    await submit();
    const { id } = await submit();
    expect(await answered(engine.cancel(id, caller))).toBe('cancelled');
    hands.end(1);
    await pass();
    expect([row(2).status, hands.started]).toEqual(['cancelled', ['1/1']]);
  });

  it('stops a running one, and is never overtaken by its success', async () => {
    const { engine, answered, hands, pass, submit, row, told } = await setup();
    hands.isDeaf = true;
    const { id } = await submit();
    expect(await answered(engine.cancel(id, caller))).toBe('requested');
    expect(hands.reasonOf(1)).toBe('cancel');
    hands.end(1, { kind: 'succeeded', result: 'too late' });
    await pass();
    expect(row(1)).toMatchObject({ status: 'cancelled', result: null });
    expect(told(1)).toEqual(['created', 'scheduled', 'cancel_requested', 'cancelled']);
  });

  it('may share a commit with the claim of its task', async () => {
    const { engine, disk, hands, pass, row } = await setup();
    const submitted = engine.submit({ type: 'job' }, caller);
    await pass();
    const { task } = await submitted;
    hands.end(1, { kind: 'failed', code: 'oops', message: '', retryable: true });
    await pass();
    disk.delayMs = 10;
    await pass((row(1).dueAt ?? 0) - task.enqueuedAt + 10); // queued by now, its claim on the way
    void engine.cancel(task.id, caller);
    await pass(30);
    expect([row(1).status, hands.running]).toEqual(['cancelled', []]);
  });

  it('may share a commit with what puts its task into the queue', async () => {
    const { engine, disk, pass, submit, row, clock } = await setup({ pools: [aPool({ state: 'paused' })] });
    const { id } = await submit({ runAt: clock.now() + 100 });
    disk.delayMs = 10;
    await pass(105); // due, and not yet written
    void engine.cancel(id, caller);
    await pass(20);
    expect([row(1).status, engine.inspect().order]).toEqual(['cancelled', []]);
  });

  it('takes the timer of a delayed task along', async () => {
    const { engine, answered, submit, clock, pending } = await setup();
    const before = pending();
    const { id } = await submit({ runAt: clock.now() + 3_600_000 });
    expect(pending()).toBe(before + 1);
    await answered(engine.cancel(id, caller), 10);
    const timersOfTask = pending() - before;
    expect(timersOfTask).toBeLessThanOrEqual(1); // armed for nothing at most once
  });
});
