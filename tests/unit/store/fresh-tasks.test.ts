import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { uuidv7 } from 'uuidv7';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Json } from '../../../src/core/domain/json.ts';
import type { Task } from '../../../src/core/domain/task.ts';
import type { Claim, Submission } from '../../../src/core/ports/task-store.ts';
import { createSystemClock } from '../../../src/core/system/system-clock.ts';
import { openStore } from '../../../src/store/open-store.ts';
import { createFreshTasks } from '../../../src/store/sqlite/fresh-tasks.ts';
import { anAttempt } from '../../helpers/attempts.ts';

const aTask = (overrides: Partial<Task>): Task => ({ ...anAttempt().task, status: 'queued', attempt: 0, ...overrides });

describe('fresh tasks', () => {
  it('are given once', () => {
    const fresh = createFreshTasks();
    fresh.add(aTask({ seq: 1 }), 10);
    expect([fresh.take(1)?.seq, fresh.take(1)]).toEqual([1, undefined]);
  });

  it('are neither delayed nor large', () => {
    const fresh = createFreshTasks();
    fresh.add(aTask({ seq: 1, status: 'delayed' }), 10);
    fresh.add(aTask({ seq: 2 }), 1_025);
    expect([fresh.take(1), fresh.take(2)]).toEqual([undefined, undefined]);
  });

  it('are bounded: those of a long queue make way', () => {
    const fresh = createFreshTasks();
    for (let seq = 1; seq <= 4_097; seq++) fresh.add(aTask({ seq }), 10);
    expect([fresh.take(1), fresh.take(4_096), fresh.take(4_097)?.seq]).toEqual([undefined, undefined, 4_097]);
  });

  it('are forgotten when their transaction was rolled back', () => {
    const fresh = createFreshTasks();
    fresh.add(aTask({ seq: 1 }), 10);
    fresh.rollback();
    expect(fresh.take(1)).toBeUndefined();
  });
});

describe('a claim', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'trx-fresh-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const open = () =>
    openStore({ dataDir: folder, durability: 'normal', clock: createSystemClock(), logger: { info() {}, warn() {}, error() {} } });

  it.each<[string, Json]>([
    ['kept in memory', { order: 'A-1027', items: [1, 2.5, null], note: 'größer\u0000' }],
    ['too large to keep', 'x'.repeat(2_000)],
  ])('answers what is stored, for a task %s', async (_, payload) => {
    const store = await open();
    const [receipt] = await store.submitTasks([submission(payload)]);
    const seq = receipt !== undefined && 'task' in receipt ? receipt.task.seq : 0;
    const [claimed] = await store.claimTasks([claimOf(seq)]);
    expect(claimed).toEqual(await store.taskBySeq(seq));
    expect(claimed).toMatchObject({ status: 'processing', attempt: 1, attemptsUsed: 1, payload });
    await store.close();
  });

  it('of a task that was cancelled since it was accepted changes nothing', async () => {
    const store = await open();
    await store.submitTasks([submission(1)]);
    await store.cancelTask(1, 2, 'test');
    const before = await store.taskBySeq(1);
    expect(await store.claimTasks([claimOf(1)])).toEqual([undefined]);
    expect(await store.taskBySeq(1)).toEqual(before);
    expect(await store.attempts(1)).toEqual([]);
    await store.close();
  });

  it('in the commit that accepts the task finds it', async () => {
    const store = await open();
    const [, [claimed]] = await Promise.all([store.submitTasks([submission(1)]), store.claimTasks([claimOf(1)])]);
    expect(claimed).toEqual(await store.taskBySeq(1));
    expect((await store.taskLog(1, 10)).map(({ type }) => type)).toEqual(['created', 'scheduled']);
    await store.close();
  });
});

function submission(payload: Json): Submission {
  const { seq: _, id: __, ...spec } = anAttempt().task;
  return {
    id: uuidv7(),
    spec: { ...spec, payload },
    at: 1,
    initiatedBy: 'test',
    retryOf: null,
    dependsOn: null,
    idempotency: null,
    simulation: null,
  };
}

function claimOf(seq: number): Claim {
  return { seq, attempt: 1, at: 3, pool: 'p', handledBy: 'test', algorithm: 'fifo', details: { worker_pool: 'p' } };
}
