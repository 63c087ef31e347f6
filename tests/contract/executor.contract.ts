import { afterEach, describe, expect, it } from 'vitest';
import type { Executor } from '../../src/core/ports/executor.ts';
import type { TestAttempt } from '../helpers/attempts.ts';

export interface ExecutorUnderTest {
  readonly executor: Executor;
  /** An attempt that ends by itself and succeeds; `n` keeps several apart. */
  quick(n: number): TestAttempt;
  /** An attempt that runs until it is stopped, and listens to its signal. */
  endless(n: number): TestAttempt;
  /** An attempt that cannot succeed. */
  hopeless(): TestAttempt;
  /** Lets time pass, for executors on a virtual clock, while `running` is not settled. */
  pass<T>(running: Promise<T>): Promise<T>;
  /** Lets an attempt that was handed over get under way. */
  underWay(): Promise<void>;
  /** Threads and timers that are still held. */
  held(): number;
}

/** What every executor owes the engine, whatever it runs. */
export function executorContract(name: string, setup: () => Promise<ExecutorUnderTest>): void {
  describe(`executor contract: ${name}`, () => {
    let subject: ExecutorUnderTest;
    const start = async () => {
      subject = await setup();
      return subject;
    };
    afterEach(() => subject.executor.close());

    it('runs an attempt to its end and leaves nothing on its signal', async () => {
      const { executor, quick, pass } = await start();
      const attempt = quick(1);
      expect(await pass(executor.run(attempt))).toMatchObject({ kind: 'succeeded' });
      expect(attempt.listeners()).toBe(0);
      attempt.abort();
    });

    it('answers work that cannot be done with a value, never with a rejection', async () => {
      const { executor, hopeless, pass } = await start();
      const attempt = hopeless();
      const outcome = await pass(executor.run(attempt));
      expect(outcome).toMatchObject({
        kind: 'failed',
        code: expect.any(String),
        message: expect.any(String),
        retryable: expect.any(Boolean),
      });
      expect(attempt.listeners()).toBe(0);
    });

    it('does not start what was stopped before', async () => {
      const { executor, endless } = await start();
      const attempt = endless(1);
      attempt.abort();
      expect(await executor.run(attempt)).toEqual({ kind: 'stopped' });
    });

    it('stops what runs when the signal is raised, and only that', async () => {
      const { executor, endless, quick, pass, underWay } = await start();
      const first = endless(1);
      const second = endless(2);
      const running = [executor.run(first), executor.run(second)] as const;
      await underWay();
      first.abort();
      expect(await pass(running[0])).toEqual({ kind: 'stopped' });
      expect(first.listeners()).toBe(0);
      expect(await pass(Promise.race([running[1], executor.run(quick(3))]))).toMatchObject({ kind: 'succeeded' });
      second.abort();
      expect(await pass(running[1])).toEqual({ kind: 'stopped' });
    });

    it('runs all parts of an attempt, each to its own end', async () => {
      const { executor, quick, pass } = await start();
      const attempt = quick(1);
      const parts = [0, 1, 2].map((index) => ({ ...attempt, part: { index, count: 3, together: 3 } }));
      const running = Promise.all(parts.map((part) => executor.run(part)));
      expect(await pass(running)).toMatchObject(Array(3).fill({ kind: 'succeeded' }));
      expect(attempt.listeners()).toBe(0);
    });

    it('a signal raised at once, before anything is under way, stops it too', async () => {
      const { executor, endless, pass } = await start();
      const attempt = endless(1);
      const running = executor.run(attempt);
      attempt.abort();
      expect(await pass(running)).toEqual({ kind: 'stopped' });
      expect(attempt.listeners()).toBe(0);
    });

    it('settles each of many at once, some stopped half way', async () => {
      const { executor, quick, endless, pass, underWay } = await start();
      const attempts = Array.from({ length: 24 }, (_, n) => (n % 3 === 0 ? endless(n) : quick(n)));
      const settled = attempts.map(() => 0);
      const running = attempts.map((attempt, n) =>
        executor.run(attempt).then((outcome) => {
          settled[n]! += 1;
          return outcome.kind;
        }),
      );
      await underWay();
      for (const [n, attempt] of attempts.entries()) if (n % 3 === 0) attempt.abort();
      const kinds = await pass(Promise.all(running));
      expect(kinds).toEqual(attempts.map((_, n) => (n % 3 === 0 ? 'stopped' : 'succeeded')));
      expect(settled).toEqual(attempts.map(() => 1));
      expect(attempts.map((attempt) => attempt.listeners())).toEqual(attempts.map(() => 0));
    });

    it('close stops what runs, gives everything back, and may be called again', async () => {
      const { executor, endless, underWay, held } = await start();
      const attempts = [endless(1), endless(2)];
      const running = attempts.map((attempt) => executor.run(attempt));
      await underWay();
      await executor.close();
      expect(await Promise.all(running)).toEqual([{ kind: 'stopped' }, { kind: 'stopped' }]);
      expect(attempts.map((attempt) => attempt.listeners())).toEqual([0, 0]);
      expect(held()).toBe(0);
      await executor.close();
    });

    it('after close, nothing starts any more', async () => {
      const { executor, quick, held } = await start();
      await executor.close();
      expect(await executor.run(quick(1))).toEqual({ kind: 'stopped' });
      expect(held()).toBe(0);
    });
  });
}
