import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../../src/core/domain/attempt.ts';
import { createThreadLimit } from '../../../src/core/executors/thread-limit.ts';
import { anAttempt, type TestAttempt, turn } from '../../helpers/attempts.ts';

const done: Outcome = { kind: 'succeeded', result: null };

function setup(most: number) {
  const limit = createThreadLimit(most);
  const running = new Map<string, (outcome: Outcome) => void>();
  const outcomes = new Map<string, Outcome>();
  const run = (name: string, attempt: TestAttempt) => {
    limit.run(attempt, () => new Promise((end) => running.set(name, end))).then((outcome) => outcomes.set(name, outcome));
    return attempt;
  };
  return {
    outcomes,
    single: (name: string) => run(name, anAttempt({ task: { id: name } })),
    gang: (name: string, count: number, attempt = 1) =>
      Array.from({ length: count }, (_, index) =>
        run(`${name}${index}`, anAttempt({ task: { id: name }, attempt, part: { index, count, together: count } })),
      ),
    async running() {
      await turn();
      return [...running.keys()].join(' ');
    },
    end(...names: string[]) {
      for (const name of names) {
        running.get(name)?.(done);
        running.delete(name);
      }
    },
  };
}

describe('the limit of threads', () => {
  it('lets all parts of a task begin or none, so that two of them never wait for each other', async () => {
    const { gang, running, end } = setup(5);
    gang('a', 3);
    gang('b', 3);
    expect(await running()).toBe('a0 a1 a2');
    end('a0', 'a2');
    expect(await running()).toBe('a1');
    end('a1');
    expect(await running()).toBe('b0 b1 b2');
  });

  it('is first come, first served: a task of many parts is not passed for ever by those of one', async () => {
    const { gang, single, running, end } = setup(2);
    single('a');
    gang('b', 2);
    single('c');
    expect(await running()).toBe('a');
    end('a');
    expect(await running()).toBe('b0 b1');
    end('b0', 'b1');
    expect(await running()).toBe('c');
  });

  it('gives more parts than there are threads all of them, and one each', async () => {
    const { gang, single, running, end } = setup(2);
    single('a');
    gang('b', 4);
    single('c');
    expect(await running()).toBe('a');
    end('a');
    expect(await running()).toBe('b0 b1 b2 b3');
    end('b0', 'b1', 'b2');
    expect(await running()).toBe('b3');
    end('b3');
    expect(await running()).toBe('c');
    single('d');
    expect(await running()).toBe('c d');
  });

  it('forgets who is stopped while waiting, and the next may begin', async () => {
    const { gang, single, running, outcomes, end } = setup(2);
    single('a');
    const parts = gang('b', 2);
    const last = single('c');
    for (const part of parts) part.abort();
    expect(await running()).toBe('a c');
    expect(['b0', 'b1'].map((name) => outcomes.get(name))).toEqual([{ kind: 'stopped' }, { kind: 'stopped' }]);
    expect([...parts, last].map((each) => each.listeners())).toEqual([0, 0, 0]);
    gang('b', 2, 2);
    end('a', 'c');
    expect(await running()).toBe('b0 b1');
  });

  it('hears a start that throws, and has its thread back', async () => {
    const limit = createThreadLimit(1);
    await expect(limit.run(anAttempt(), () => Promise.reject(new Error('no thread')))).rejects.toThrow('no thread');
    expect(await limit.run(anAttempt(), async () => done)).toBe(done);
  });
});
