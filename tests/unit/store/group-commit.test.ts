import { describe, expect, it } from 'vitest';
import { TaskRouterError } from '../../../src/core/domain/errors.ts';
import { createVirtualClock } from '../../../src/core/replay/virtual-clock.ts';
import { createGroupCommit, type Transaction } from '../../../src/store/group-commit.ts';

const poison = new Error('poison');
const full = new TaskRouterError('storage_full', 'full');

function setup(options: { failCommit?: () => unknown; judge?: Transaction['judge'] } = {}) {
  const clock = createVirtualClock();
  const trace: string[] = [];
  const transaction: Transaction = {
    begin: () => void trace.push('begin'),
    commit: (operations) => {
      const error = options.failCommit?.();
      if (error !== undefined) throw error;
      trace.push(`commit ${operations}`);
    },
    rollback: () => void trace.push('rollback'),
    committed: () => void trace.push('committed'),
    judge: options.judge ?? ((error) => (error === full ? full : 'operation')),
  };
  const group = createGroupCommit(transaction, clock, clock.soon);
  const run = async () => {
    while (clock.runNext()) await Promise.resolve();
  };
  return { group, trace, run, clock };
}

describe('group commit', () => {
  it('runs what was called in one turn in order, in one transaction, and answers after it', async () => {
    const { group, trace, run } = setup();
    const answers = ['a', 'b', 'c'].map((name) =>
      group
        .write(1, () => {
          trace.push(name);
          return name;
        })
        .then((answer) => trace.push(`answer ${answer}`)),
    );
    expect(trace).toEqual([]);
    await run();
    await Promise.all(answers);
    expect(trace).toEqual(['begin', 'a', 'b', 'c', 'commit 3', 'committed', 'answer a', 'answer b', 'answer c']);
  });

  it('cuts a group at a thousand rows, and lets the loop turn before the next', async () => {
    const { group, trace, run } = setup();
    const writes = Array.from({ length: 5 }, () => group.write(400, () => 0));
    await run();
    await Promise.all(writes);
    expect(trace.filter((step) => step.startsWith('commit '))).toEqual(['commit 3', 'commit 2']);
  });

  it('cuts a group after five milliseconds of work', async () => {
    const { group, trace, run, clock } = setup();
    const work = () => clock.advanceTo(clock.monotonicMs() + 3);
    const writes = Array.from({ length: 3 }, () => group.write(1, work));
    await run();
    await Promise.all(writes);
    expect(trace.filter((step) => step.startsWith('commit '))).toEqual(['commit 2', 'commit 1']);
  });

  it('keeps one call in one transaction, however large', async () => {
    const { group, trace, run } = setup();
    const write = group.write(50_000, () => 'whole');
    await run();
    expect(await write).toBe('whole');
    expect(trace).toEqual(['begin', 'commit 1', 'committed']);
  });

  it('takes writes that are called while it commits into the next group', async () => {
    const { group, trace, run } = setup();
    const writes: Promise<unknown>[] = [];
    writes.push(group.write(1, () => writes.push(group.write(1, () => trace.push('second')))));
    await run();
    await Promise.all(writes);
    expect(trace).toEqual(['begin', 'commit 1', 'committed', 'begin', 'second', 'commit 1', 'committed']);
  });

  it('lets only the guilty operation fail, and its neighbours commit', async () => {
    const { group, trace, run } = setup();
    const writes = [
      group.write(1, () => 'before'),
      group.write(1, () => {
        throw poison;
      }),
      group.write(1, () => 'after'),
    ];
    const settled = Promise.allSettled(writes);
    await run();
    expect(await settled).toEqual([
      { status: 'fulfilled', value: 'before' },
      { status: 'rejected', reason: poison },
      { status: 'fulfilled', value: 'after' },
    ]);
    expect(trace).toEqual([
      ...['begin', 'rollback'],
      ...['begin', 'commit 1', 'committed'],
      ...['begin', 'rollback'],
      ...['begin', 'commit 1', 'committed'],
    ]);
  });

  it('tells everyone when the storage refuses, those of later groups too', async () => {
    const { group, trace, run } = setup({ failCommit: () => full });
    const settled = Promise.allSettled([group.write(900, () => 1), group.write(900, () => 2), group.write(900, () => 3)]);
    await run();
    expect((await settled).map((result) => 'reason' in result && result.reason)).toEqual([full, full, full]);
    expect(trace).toEqual(['begin', 'rollback']);
  });

  it('goes on after a refusal', async () => {
    const errors: unknown[] = [full, undefined];
    const { group, run } = setup({ failCommit: () => errors.shift() });
    const refused = expect(group.write(1, () => 1)).rejects.toBe(full);
    await run();
    await refused;
    const accepted = group.write(1, () => 2);
    await run();
    expect(await accepted).toBe(2);
  });

  it('answers nobody when the process died', async () => {
    const { group, run } = setup({ failCommit: () => poison, judge: () => 'silence' });
    let answered = false;
    void group
      .write(1, () => 1)
      .finally(() => {
        answered = true;
      });
    await run();
    expect(answered).toBe(false);
  });

  it('flush waits for what was called before it, whatever became of it', async () => {
    const errors: unknown[] = [full];
    const { group, trace, run } = setup({ failCommit: () => errors.shift() });
    await group.flush();
    const refused = expect(group.write(1, () => 1)).rejects.toBe(full);
    const flushed = group.flush().then(() => trace.push('flushed'));
    await run();
    await refused;
    await flushed;
    expect(trace).toEqual(['begin', 'rollback', 'flushed']);
  });
});
