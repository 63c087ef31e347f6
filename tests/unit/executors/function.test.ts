import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Json } from '../../../src/core/domain/json.ts';
import type { Pool } from '../../../src/core/domain/pool.ts';
import { createFunctionExecutor, type FunctionExecutorOptions } from '../../../src/core/executors/function.ts';
import { loadHandlers } from '../../../src/core/executors/handlers-loader.ts';
import type { HandlerReport } from '../../../src/core/executors/thread.ts';
import { createVirtualClock } from '../../../src/core/replay/virtual-clock.ts';
import { anAttempt, until } from '../../helpers/attempts.ts';

// From sources a thread takes a third of a second to start, on a busy machine several.
vi.setConfig({ testTimeout: 30_000 });

const folder = fileURLToPath(new URL('./fixtures/handlers', import.meta.url));
const handlers = await loadHandlers(folder, { clock: createVirtualClock() });
const cleanUp: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of cleanUp.splice(0)) await close();
});

/** Time is virtual: a thread is ended for not obeying only when the test says that time has passed. */
function setup(options: FunctionExecutorOptions = {}) {
  const clock = createVirtualClock();
  const reports: HandlerReport[] = [];
  const executor = createFunctionExecutor({ clock, handlers, onReport: (_, report) => reports.push(report) }, options);
  cleanUp.push(() => executor.close());
  const attempt = (type: string, payload: Json, pool: Partial<Pool> = {}) => anAttempt({ task: { type, payload }, pool });
  const run = (type: string, payload: Json, pool: Partial<Pool> = {}) => executor.run(attempt(type, payload, pool));
  return { clock, executor, reports, attempt, run, odd: (trick: string) => run('odd', trick) };
}

describe('function executor', () => {
  it('finds the built-in types and those of the folder', () => {
    expect([...setup().executor.types!].sort()).toEqual(
      ['add', 'hash', 'legacy', 'odd', 'reverse', 'shared-thread-id', 'sum', 'thread-id', 'upper', 'wait'].sort(),
    );
    expect(handlers.warnings).toEqual([]);
    expect(handlers.types.get('thread-id')).toEqual({ description: 'Says on which thread it ran.', shared: false });
  });

  it('runs a built-in handler and one of the folder', async () => {
    const { run } = setup();
    expect(await run('sum', '0.1,0.2,0.3')).toEqual({ kind: 'succeeded', result: 0.6 });
    expect(await run('legacy', 'x')).toEqual({ kind: 'succeeded', result: 'legacy x' });
  });

  it('a wrong payload is not tried again', async () => {
    expect(await setup().run('reverse', 7)).toEqual({
      kind: 'failed',
      code: 'handler_error',
      message: 'Payload must be a string.',
      retryable: false,
    });
  });

  it('a type without handler is refused, not retried', async () => {
    expect(await setup().run('nothing-of-the-kind', 7)).toMatchObject({ kind: 'failed', code: 'handler_error', retryable: false });
  });

  it.each([
    ['throw', 'went wrong', true],
    ['throwText', 'only a text', true],
    ['throwNothing', 'undefined', true],
    ['throwHostile', 'The handler threw something that cannot be printed.', true],
    ['giveUp', 'never again', false],
    ['cycle', 'The result must be a JSON value.', false],
    ['bigint', 'The result must be a JSON value.', false],
    ['nan', 'The result must be a JSON value.', false],
    ['func', 'The result must be a JSON value.', false],
  ])('%s fails the attempt: %s', async (trick, message, retryable) => {
    expect(await setup().odd(trick)).toEqual({ kind: 'failed', code: 'handler_error', message, retryable });
  });

  it('a result is what JSON makes of it', async () => {
    const { odd } = setup();
    expect(await odd('nothing')).toEqual({ kind: 'succeeded', result: null });
    expect(await odd('date')).toEqual({ kind: 'succeeded', result: { at: '1970-01-01T00:00:00.000Z' } });
  });

  it('a result beyond the limit fails the attempt', async () => {
    expect(await setup({ maxResultChars: 1_000 }).odd('big')).toMatchObject({ kind: 'failed', code: 'result_too_large', retryable: false });
  });

  it('the thread sees nothing of the environment', async () => {
    expect(await setup().odd('env')).toEqual({ kind: 'succeeded', result: 0 });
  });

  it('the handler knows its task and attempt', async () => {
    const attempt = anAttempt({ task: { type: 'odd', payload: 'context', id: 'some-id' }, attempt: 3 });
    expect(await setup().executor.run(attempt)).toEqual({ kind: 'succeeded', result: { id: 'some-id', attempt: 3, aborted: false } });
  });

  it('what a handler tells is passed on, within bounds', async () => {
    const { executor, attempt, reports } = setup();
    const chatty = attempt('odd', 'chatty');
    await executor.run(chatty);
    expect(chatty.said).toEqual([[0.5, 'half']]);
    expect(reports[0]).toMatchObject({ kind: 'progress', ratio: 0.5, note: 'half' });
    const logs = reports.filter((report) => report.kind === 'log');
    expect(logs).toHaveLength(100);
    expect(logs.every(({ message }) => message.length === 1_000)).toBe(true);
  });

  it('an endless loop does not confirm its stop, and its thread is ended; the next attempt has a new one', async () => {
    const { clock, executor, attempt, run, reports } = setup();
    const looping = attempt('odd', 'loop');
    const running = executor.run(looping);
    await until(() => reports.length === 1);
    looping.abort();
    clock.advanceTo(250);
    expect(await running).toEqual({ kind: 'stopped' });
    expect(looping.listeners()).toBe(0);
    expect(await run('upper', 'still here')).toEqual({ kind: 'succeeded', result: 'STILL HERE' });
  });

  it('a handler that hears its signal and goes on all the same loses its thread within 2 s', async () => {
    const { clock, executor, attempt, reports } = setup();
    const stubborn = attempt('odd', 'ignore');
    let over = false;
    const running = executor.run(stubborn).finally(() => {
      over = true;
    });
    await until(() => reports.length === 1);
    stubborn.abort();
    await until(() => reports.length === 2);
    await until(() => {
      if (clock.nextAt() <= 2_000) clock.runNext();
      return over;
    });
    expect(await running).toEqual({ kind: 'stopped' });
    expect(clock.monotonicMs()).toBeGreaterThan(1_000);
  });

  it('work that was done when the stop came stands', async () => {
    const { executor, attempt, reports } = setup();
    const late = attempt('odd', 'stopLate');
    const running = executor.run(late);
    await until(() => reports.length === 1);
    late.abort();
    expect(await running).toEqual({ kind: 'succeeded', result: 'done all the same' });
  });

  it('stopped before its thread is ready, an attempt never runs, and those beside it do', async () => {
    const { clock, executor, attempt, reports } = setup();
    const [early, other] = [attempt('shared-thread-id', null), attempt('shared-thread-id', null)];
    const running = [executor.run(early), executor.run(other)];
    early.abort();
    expect(await running[0]).toEqual({ kind: 'stopped' });
    clock.advanceTo(20_000);
    await until(() => reports.length === 1);
    other.abort();
    expect(await running[1]).toMatchObject({ kind: 'succeeded' });
  });

  it('a handler that ends its thread loses the attempt and nothing else', async () => {
    const { odd } = setup();
    expect(await odd('exit')).toMatchObject({ kind: 'lost' });
    expect(await odd('nothing')).toEqual({ kind: 'succeeded', result: null });
  });

  it('an error thrown where nobody catches it fails the attempt', async () => {
    expect(await setup().odd('later')).toEqual({ kind: 'failed', code: 'handler_error', message: 'thrown in a timer', retryable: true });
  });

  it('a handler that fills its heap loses its thread, not the server', async () => {
    const { odd } = setup({ heapMb: 32 });
    expect(await odd('heap')).toEqual({
      kind: 'failed',
      code: 'memory_limit',
      message: 'The handler needed more than 32 MiB of heap.',
      retryable: true,
    });
  });

  it('attempts of one pool have a thread each, and the threads are used again', async () => {
    const { run } = setup();
    const both = await Promise.all([run('thread-id', { ms: 20 }), run('thread-id', { ms: 20 })]);
    const ids = both.map((outcome) => outcome.kind === 'succeeded' && outcome.result);
    expect(new Set(ids).size).toBe(2);
    const again = await run('thread-id', null);
    expect(ids).toContain(again.kind === 'succeeded' && again.result);
  });

  it('a pool runs no more than its capacity', async () => {
    const { run } = setup();
    const pool = { name: 'narrow', capacity: 1 };
    const all = await Promise.all(Array.from({ length: 4 }, () => run('thread-id', { ms: 1 }, pool)));
    expect(new Set(all.map((outcome) => outcome.kind === 'succeeded' && outcome.result)).size).toBe(1);
  });

  it('there are never more threads than allowed, and what waits for one can be stopped', async () => {
    const { executor, attempt, run } = setup({ maxThreads: 1 });
    const first = executor.run(attempt('thread-id', { ms: 50 }));
    const waiting = attempt('thread-id', null);
    const second = executor.run(waiting);
    waiting.abort();
    expect(await second).toEqual({ kind: 'stopped' });
    expect(waiting.listeners()).toBe(0);
    const third = await run('thread-id', null);
    expect(third).toEqual(await first);
  });

  it('parts of a task run at once, each on its own thread, however few are allowed or their pool has left', async () => {
    const { executor, clock } = setup({ maxThreads: 2 });
    const parts = [0, 1, 2].map((index) =>
      anAttempt({ task: { type: 'thread-id' }, pool: { capacity: 1 }, part: { index, count: 3, together: 3 } }),
    );
    const ids = (await Promise.all(parts.map((part) => executor.run(part)))).map((one) => one.kind === 'succeeded' && one.result);
    expect(ids).not.toContain(false);
    expect(new Set(ids).size).toBe(3);
    expect(clock.pending()).toBe(3);
  });

  it('attempts of a shared type are on one thread, and beside the limit of threads', async () => {
    const { executor, attempt, reports } = setup({ maxThreads: 1 });
    const all = Array.from({ length: 8 }, () => attempt('shared-thread-id', null, { name: 'wide', capacity: 8 }));
    const running = all.map((each) => executor.run(each));
    await executor.run(attempt('thread-id', null));
    await until(() => reports.length === 8);
    for (const each of all) each.abort();
    const ids = (await Promise.all(running)).map((outcome) => outcome.kind === 'succeeded' && outcome.result);
    expect(ids).toHaveLength(8);
    expect(new Set(ids).size).toBe(1);
  });

  it('a thread that nobody used for a while is ended', async () => {
    const { clock, run } = setup({ idleMs: 1_000 });
    const before = await run('thread-id', null);
    clock.advanceTo(999);
    expect(await run('thread-id', null)).toEqual(before);
    clock.advanceTo(1_999);
    expect(clock.pending()).toBe(0);
    expect(await run('thread-id', null)).not.toEqual(before);
  });
});
