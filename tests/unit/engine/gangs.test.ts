import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../../src/core/domain/attempt.ts';
import type { AttemptHandle, Executor } from '../../../src/core/ports/executor.ts';
import { aPool, caller, setup } from '../../helpers/engine.ts';

const pools = [aPool({ name: 'a', capacity: 2, costPerUnit: 1 }), aPool({ name: 'b', capacity: 1, costPerUnit: 4 })];

/** Parts end when the test says so; one that is stopped ends when it is let go, as real work takes its time. */
function createPartHands() {
  interface Hand {
    readonly pool: string;
    isStopped: boolean;
    readonly begin: () => void;
    readonly say: NonNullable<AttemptHandle['progressed']>;
    readonly end: (outcome: Outcome) => void;
  }
  const running = new Map<number, Hand>();
  const executor: Executor = {
    name: 'simulated',
    types: undefined,
    run: (attempt) =>
      new Promise((end) => {
        const { part, pool, signal } = attempt;
        const own: Hand = {
          pool: pool.name,
          isStopped: false,
          begin: () => attempt.begun?.(),
          say: (...said) => attempt.progressed?.(...said),
          end,
        };
        running.set(part?.index ?? -1, own);
        signal.addEventListener('abort', () => {
          own.isStopped = true;
        });
      }),
    async close() {
      for (const { end } of running.values()) end({ kind: 'stopped' });
    },
  };
  return {
    executors: new Map([['simulated' as const, executor]]),
    pools: () => [...running].map(([part, { pool }]) => [part, pool]),
    begin: (part: number) => running.get(part)?.begin(),
    say: (part: number, ratio: number, note: string | null = null) => running.get(part)?.say(ratio, note),
    stopped: () => [...running].filter(([, { isStopped }]) => isStopped).map(([part]) => part),
    end(part: number, outcome: Outcome = { kind: 'succeeded', result: `from ${part}` }): void {
      running.get(part)?.end(outcome);
      running.delete(part);
    },
  };
}

async function started(maxAttempts = 1, timeoutMs = 60_000) {
  const hands = createPartHands();
  const all = await setup({ pools, executors: hands.executors });
  await all.submit({ parts: 3, cost: 6, maxAttempts, timeoutMs });
  await all.pass();
  return { ...all, hands, loads: () => all.engine.pools().map(({ load }) => load) };
}

describe('a task of several parts', () => {
  it('is handed over part by part, each to its pool, and says where they are', async () => {
    const { hands, row, loads } = await started();
    expect(hands.pools()).toEqual([
      [0, 'a'],
      [1, 'a'],
      [2, 'b'],
    ]);
    expect(row(1)).toMatchObject({ status: 'processing', attempt: 1, pool: 'a', placement: ['a', 'a', 'b'] });
    expect(loads()).toEqual([2, 1]);
  });

  it('ends with the last of them, their results in order, and costs what each did where it was', async () => {
    const { hands, row, pass, loads } = await started();
    for (const part of [2, 0]) hands.end(part);
    await pass();
    expect([row(1).status, loads()]).toEqual(['processing', [2, 1]]);
    hands.end(1);
    await pass();
    expect(row(1)).toMatchObject({ status: 'completed', result: ['from 0', 'from 1', 'from 2'], actualCost: 2 + 2 + 8 });
    expect(loads()).toEqual([0, 0]);
  });

  it('is as far as its parts are on average, those included that said nothing', async () => {
    const { hands, engine, row } = await started();
    hands.say(0, 0.75);
    expect(engine.progressOf(row(1))).toMatchObject({ ratio: 0.25, note: null });
    hands.say(2, 0.75, 'nearly');
    expect(engine.progressOf(row(1))).toMatchObject({ ratio: 0.5, note: 'Part 2 of 3: nearly' });
  });

  it('fails as the first part did that failed, once the others that it stopped are over', async () => {
    const { hands, row, pass, loads } = await started();
    hands.end(1, { kind: 'failed', code: 'broken', message: 'no luck', retryable: true });
    await pass();
    expect([hands.stopped(), row(1).status, loads()]).toEqual([[0, 2], 'processing', [2, 1]]);
    hands.end(0, { kind: 'failed', code: 'later', message: 'not told', retryable: true });
    hands.end(2);
    await pass();
    expect(row(1)).toMatchObject({ status: 'failed', error: { code: 'broken', message: 'Part 1 of 3: no luck' } });
    expect(loads()).toEqual([0, 0]);
  });

  it('starts all of them again when it is tried again', async () => {
    const { hands, row, pass } = await started(2);
    for (const part of [0, 1, 2]) hands.end(part, { kind: 'lost', message: 'gone' });
    await pass(60_000);
    expect(row(1)).toMatchObject({ status: 'processing', attempt: 2, placement: ['a', 'a', 'b'] });
    expect(hands.pools()).toHaveLength(3);
  });

  it('is cancelled, and timed out, in all of its parts', async () => {
    const cancelled = await started();
    await cancelled.answered(cancelled.engine.cancel(cancelled.row(1).id, caller));
    await cancelled.pass();
    expect(cancelled.hands.stopped()).toEqual([0, 1, 2]);
    for (const part of [0, 1, 2]) cancelled.hands.end(part, { kind: 'stopped' });
    await cancelled.pass();
    expect(cancelled.row(1)).toMatchObject({ status: 'cancelled' });

    const late = await started(1, 1_000);
    await late.pass(1_000);
    for (const part of [0, 1, 2]) late.hands.end(part, { kind: 'stopped' });
    await late.pass();
    expect(late.row(1)).toMatchObject({ status: 'failed', error: { code: 'timed_out' } });
    expect(late.loads()).toEqual([0, 0]);
  });

  it('has its time limit from when the last part began that had to wait', async () => {
    const { hands, pass } = await started(1, 1_000);
    await pass(500);
    for (const part of [0, 2]) hands.begin(part);
    await pass(400);
    hands.begin(1);
    await pass(999);
    expect(hands.stopped()).toEqual([]);
    await pass(1);
    expect(hands.stopped()).toEqual([0, 1, 2]);
  });

  it('is not given more time by the parts that began first', async () => {
    const { hands, pass } = await started(1, 1_000);
    await pass(500);
    for (const part of [0, 2]) hands.begin(part);
    await pass(500);
    expect(hands.stopped()).toEqual([0, 1, 2]);
  });

  it('is lost with the server as one attempt, which costs what all its parts do', async () => {
    const { hands, image, clock } = await startedAndKilled();
    const next = await setup({ pools, image, clock, executors: hands.executors });
    await next.pass();
    expect(next.row(1)).toMatchObject({ status: 'failed', error: { code: 'lost' }, actualCost: 2 + 2 + 8 });
    expect(next.engine.pools().map(({ load }) => load)).toEqual([0, 0]);
  });
});

async function startedAndKilled() {
  const { hands, crash, clock } = await started();
  return { hands, image: crash(), clock };
}
