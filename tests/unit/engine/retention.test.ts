import { describe, expect, it } from 'vitest';
import { aPool, setup, turn } from '../../helpers/engine.ts';

const minute = 60_000;

describe('retention', () => {
  it('removes what ended long enough ago, with its attempts, and nothing else', async () => {
    const { hands, pass, submit, store } = await setup({
      pools: [aPool({ capacity: 2 })],
      options: { retention: { maxAgeMs: 5 * minute, maxTasks: 1_000, maxLogAgeMs: 1e9 } },
    });
    await submit();
    hands.end(1);
    await pass(3 * minute);
    await submit();
    hands.end(2);
    await submit({ timeoutMs: 3_600_000 });
    await pass(2 * minute);
    expect(store.snapshot().tasks.map((task) => task.seq)).toEqual([1, 2, 3]);
    await pass(minute);
    expect(store.snapshot().tasks.map((task) => task.seq)).toEqual([2, 3]);
    expect(store.snapshot().attempts.map((attempt) => attempt.taskSeq)).toEqual([2, 3]);
  });

  it('keeps at most so many ended tasks, and takes the oldest', async () => {
    const { hands, pass, submit, store } = await setup({ options: { retention: { maxAgeMs: 1e9, maxTasks: 2, maxLogAgeMs: 1e9 } } });
    for (let seq = 1; seq <= 4; seq++) {
      await submit();
      hands.end(seq);
      await pass(10);
    }
    await submit({ timeoutMs: 3_600_000 });
    await pass(minute);
    expect(store.snapshot().tasks.map((task) => task.seq)).toEqual([3, 4, 5]);
  });

  it('goes on in the next turn while there is more, 500 rows a transaction', async () => {
    const { hands, pass, engine, answered, store, clock } = await setup({
      pools: [aPool({ capacity: 1_200 })],
      options: { maxWaiting: 2_000, retention: { maxAgeMs: 1_000, maxTasks: 5_000, maxLogAgeMs: 1e9 } },
    });
    await answered(engine.submitBatch(new Array(1_200).fill({ type: 'job' }), { name: 'tester', tenant: undefined }));
    for (const seq of hands.running) hands.end(seq);
    await pass(minute - 1);
    const sizes = [store.snapshot().tasks.length];
    while (clock.nextAt() <= minute) {
      clock.runNext();
      await turn();
      const size = store.snapshot().tasks.length;
      if (size !== sizes.at(-1)) sizes.push(size);
    }
    expect(sizes).toEqual([1_200, 700, 200, 0]);
  });

  it('prunes the log by age and never its head', async () => {
    const { hands, pass, submit, store } = await setup({
      options: { retention: { maxAgeMs: minute, maxTasks: 10, maxLogAgeMs: 2 * minute } },
    });
    await submit();
    hands.end(1);
    await pass(10 * minute);
    const { floor, head } = store.logBounds();
    expect(floor).toBe(head);
    expect(store.snapshot().log.map((entry) => entry.type)).toEqual(['completed']);
    expect(await store.verifyLog()).toMatchObject({ ok: true });
  });

  it('ends with the server', async () => {
    const { engine, answered, pending } = await setup();
    await answered(engine.drain(0));
    expect(pending()).toBe(0);
  });
});
