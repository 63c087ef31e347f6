import { describe, expect, it } from 'vitest';
import { surveyEveryMs } from '../../../src/core/engine/wait-watch.ts';
import { aPool, caller, type SetupOptions, setup } from '../../helpers/engine.ts';

const minute = 60_000;

/** One slot, taken by a task that does not end, under aging of a point a minute. */
async function blocked(options: SetupOptions = {}) {
  const made = await setup({ options: { algorithm: { algorithm: 'priority' }, maxWaiting: 10_000 }, ...options });
  await made.submit({ priority: 10, timeoutMs: 10 ** 9 });
  const rows = () => made.store.snapshot().log.filter(({ type }) => type === 'wait_bound_passed');
  return { ...made, rows };
}

describe('tasks that wait longer than their strategy promises', () => {
  it('are told of once, when the first of them does', async () => {
    const { submit, pass, rows, engine, hands } = await blocked();
    const task = await submit({ priority: 3 });
    await pass(7 * minute - 1);
    expect([rows(), engine.stats().pastMaxWait]).toEqual([[], 0]);
    await pass(surveyEveryMs);
    const groups = [{ type: 'job', reason: 'no_capacity', tasks: 1, oldest: task.id }];
    const oldest = new Date(task.readyAt).toISOString();
    expect(rows()).toMatchObject([
      { taskSeq: null, details: { tasks: 1, past: 1, algorithm: 'priority', epoch: 1, oldest_ready_at: oldest, groups } },
    ]);
    await pass(60 * minute);
    expect([rows().length, engine.stats().pastMaxWait]).toEqual([1, 1]);
    hands.end(1);
    await pass();
    expect(engine.stats()).toMatchObject({ pastMaxWait: 0, oldestReadyAt: undefined });
  });

  it('thousands at once are one row, and a reading that is not of this moment is soon of it', async () => {
    const { engine, answered, pass, rows } = await blocked();
    const batch = Array.from({ length: 5_000 }, (_, i) => ({ type: 'job', priority: 8 + (i % 2) }));
    await answered(engine.submitBatch(batch, caller));
    await pass(10 * minute);
    expect(rows()).toMatchObject([{ details: { tasks: 5_000, past: 5_000, groups: [{ tasks: 5_000 }] } }]);
    expect(engine.stats().pastMaxWait).toBe(5_000);
    await answered(
      engine.cancel((await answered(engine.tasks({ filter: { status: ['queued'] }, limit: 1 }, caller))).tasks[0]?.id ?? '', caller),
    );
    await pass(surveyEveryMs);
    expect(engine.stats().pastMaxWait).toBe(4_999);
    expect(rows()).toHaveLength(1);
  });

  it('nothing wakes a server whose tasks are all late, or have no bound', async () => {
    const late = await blocked();
    await late.submit({ priority: 9 });
    await late.pass(20 * minute);
    const { pass, pending } = late;
    const idle = pending();
    await pass(surveyEveryMs);
    expect(pending()).toBe(idle);
    const fifo = await blocked({ options: { algorithm: { algorithm: 'fifo' } } });
    await fifo.submit();
    await fifo.pass(60 * minute);
    expect(fifo.rows()).toEqual([]);
  });

  it('are not told of again after a restart, and those that became late meanwhile are', async () => {
    const paused = { pools: [aPool({ state: 'paused' })], options: { algorithm: { algorithm: 'priority' } } } as const;
    const first = await setup(paused);
    const rows = ({ store }: typeof first) => store.snapshot().log.filter(({ type }) => type === 'wait_bound_passed');
    const early = await first.submit({ priority: 9, estimateMs: 1 });
    await first.submit({ priority: 5 });
    await first.pass(2 * minute);
    expect(rows(first)).toHaveLength(1);
    const image = first.crash();
    first.clock.advanceTo(first.clock.monotonicMs() + 10 * minute);
    const second = await setup({ ...paused, image, clock: first.clock });
    await second.pass(surveyEveryMs);
    expect(rows(second).map(({ details }) => [details['tasks'], details['past']])).toEqual([
      [1, 1],
      [1, 2],
    ]);
    expect(second.engine.stats().oldestReadyAt).toBe(early.readyAt);
  });
});
