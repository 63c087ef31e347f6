import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../../src/core/domain/attempt.ts';
import type { ExecutorName } from '../../../src/core/domain/pool.ts';
import type { AttemptHandle, Executor } from '../../../src/core/ports/executor.ts';
import { aPool, caller, setup } from '../../helpers/engine.ts';

function anExecutor(run: Executor['run']): ReadonlyMap<ExecutorName, Executor> {
  return new Map([['simulated', { name: 'simulated', types: undefined, run, async close() {} }]]);
}

describe('an attempt', () => {
  it('is lost, and not the server, when its executor throws at once', async () => {
    const executors = anExecutor(() => {
      throw new Error('broken executor');
    });
    const { pass, row, engine, submit } = await setup({ pools: [aPool({ capacity: 5 })], executors });
    for (let i = 0; i < 5; i++) await submit({ maxAttempts: 1 });
    await pass();
    for (const seq of [1, 2, 3, 4, 5])
      expect(row(seq)).toMatchObject({ status: 'failed', error: { code: 'lost', message: 'broken executor' } });
    expect(engine.pools()[0]?.load).toBe(0);
  });

  it('has its time limit counted from the moment its work begins', async () => {
    const handles: AttemptHandle[] = [];
    const executors = anExecutor((handle) => {
      handles.push(handle);
      return new Promise((resolve) => handle.signal.addEventListener('abort', () => resolve({ kind: 'stopped' })));
    });
    const { pass, row, submit } = await setup({ executors });
    await submit({ timeoutMs: 1_000, maxAttempts: 1 });
    await pass(800);
    handles[0]?.begun?.();
    await pass(800);
    expect(row(1).status).toBe('processing');
    await pass(300);
    expect(row(1)).toMatchObject({ status: 'failed', error: { code: 'timed_out' } });
  });
});

describe('what an attempt says of how far it is', () => {
  it('is there while it runs, the latest, and gone with the attempt', async () => {
    const begun: { handle: AttemptHandle; end: (outcome: Outcome) => void }[] = [];
    const executors = anExecutor((handle) => new Promise((end) => begun.push({ handle, end })));
    const { engine, submit, pass, clock } = await setup({ executors });
    const task = await submit();
    await pass();
    expect(engine.progressOf(task)).toBeUndefined();
    const { handle, end } = begun[0]!;
    handle.progressed?.(0.25, null);
    await pass(500);
    handle.progressed?.(0.5, 'half');
    expect(engine.progressOf(task)).toEqual({ ratio: 0.5, note: 'half', at: clock.now() });
    end({ kind: 'failed', code: 'no', message: 'no', retryable: true });
    await pass(60_000);
    expect([begun.length, engine.progressOf(task)]).toEqual([2, undefined]);
    handle.progressed?.(0.75, 'late');
    expect(engine.progressOf(task)).toBeUndefined();
  });
});

describe('a pool whose type was removed', () => {
  it('can still be paused and resized', async () => {
    const { engine, answered } = await setup({ pools: [aPool({ types: ['job'] })] });
    await answered(engine.removeType('job', caller));
    expect(await answered(engine.changePool('p', { state: 'paused', capacity: 3 }, caller))).toMatchObject({
      pool: { state: 'paused', capacity: 3 },
    });
  });
});
