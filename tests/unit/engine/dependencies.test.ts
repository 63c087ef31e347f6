import { describe, expect, it } from 'vitest';
import type { TaskInput } from '../../../src/core/domain/task-input.ts';
import type { BatchInput } from '../../../src/core/engine/engine.ts';
import { aPool, caller, codeOf, setup as setupEngine } from '../../helpers/engine.ts';

const broken = { kind: 'failed', code: 'oops', message: '', retryable: false } as const;

async function setup(options: Parameters<typeof setupEngine>[0] = {}) {
  const engine = await setupEngine({ pools: [aPool({ capacity: 9 })], ...options });
  /** A batch, by the refs of its items. */
  async function batch(items: Record<string, Partial<BatchInput>>, atomic = false) {
    const inputs = Object.entries(items).map(([ref, item]): BatchInput => ({ type: 'job', ref, ...item }));
    return engine.answered(engine.engine.submitBatch(inputs, caller, { atomic }));
  }
  return { ...engine, batch };
}

const dependingOn = (...tasks: (string | number)[]): Pick<TaskInput, 'dependsOn'> => ({ dependsOn: tasks.map((task) => ({ task })) });
const seqsOf = (items: Awaited<ReturnType<Awaited<ReturnType<typeof setup>>['batch']>>) =>
  items.map((item) => ('task' in item ? item.task.seq : item.error.message));

describe('a task with parents', () => {
  it('starts when all of them have completed, and not before', async () => {
    const { batch, hands, pass, row } = await setup();
    await batch({ a: {}, b: {}, c: dependingOn('a', 1) });
    expect(hands.started).toEqual(['1/1', '2/1']);
    hands.end(1);
    await pass();
    expect(row(3)).toMatchObject({ status: 'delayed', dueAt: null });
    hands.end(2);
    await pass();
    expect(hands.started).toEqual(['1/1', '2/1', '3/1']);
  });

  it('is queued at once where they had completed before, and where they end while it is accepted', async () => {
    const { engine, answered, hands, pass, submit, disk } = await setup();
    const [a, b] = [await submit(), await submit()];
    hands.end(1);
    await pass();
    expect(await submit(dependingOn(a.id))).toMatchObject({ status: 'queued', readyAt: expect.any(Number) });
    disk.delayMs = 10; // both in one commit, the end of the parent first or last
    const accepted = answered(engine.submit({ type: 'job', ...dependingOn(b.id) }, caller), 20);
    hands.end(2);
    await accepted;
    disk.delayMs = undefined;
    await pass(30);
    expect(hands.started).toEqual(['1/1', '2/1', '3/1', '4/1']);
  });

  it('waits through the retries of a parent', async () => {
    const { batch, hands, pass } = await setup();
    await batch({ a: {}, b: dependingOn('a') });
    hands.end(1, { ...broken, retryable: true });
    await pass(60_000);
    expect(hands.started).toEqual(['1/1', '1/2']);
    hands.end(1);
    await pass();
    expect(hands.started).toEqual(['1/1', '1/2', '2/1']);
  });

  it('waits for its run_at too, whichever comes last', async () => {
    const { batch, clock, hands, pass } = await setup();
    const runAt = clock.now() + 1_000;
    await batch({ a: {}, b: { ...dependingOn('a'), runAt } });
    await pass(500);
    hands.end(1);
    await pass(400);
    expect(hands.started).toEqual(['1/1']);
    await pass(200);
    expect(hands.started).toEqual(['1/1', '2/1']);
  });

  it('fails, is skipped, or runs, as it says, when a parent did not complete; and so do those behind it', async () => {
    const { batch, hands, pass, row } = await setup();
    await batch({
      a: {},
      other: {},
      fails: dependingOn('a', 'other'),
      skips: { ...dependingOn('a'), onParentFailure: 'skip' },
      runs: { ...dependingOn('a', 'fails'), onParentFailure: 'run' },
      behind: { ...dependingOn('skips'), onParentFailure: 'fail' },
    });
    hands.end(1, broken);
    await pass();
    // Nobody waits for `other` to know.
    expect(row(3)).toMatchObject({
      status: 'failed',
      attempt: 0,
      error: { code: 'dependency_failed', message: expect.stringContaining('(a)') },
    });
    expect(row(4)).toMatchObject({ status: 'cancelled', error: { code: 'dependency_failed' } });
    expect(row(6)).toMatchObject({ status: 'failed', error: { message: expect.stringContaining('was cancelled') } });
    expect(hands.started).toEqual(['1/1', '2/1', '5/1']);
  });

  it('is told of by its children when it is cancelled', async () => {
    const { engine, answered, batch, hands, row, pass } = await setup({ pools: [aPool({ capacity: 1 })] });
    const [, b] = await batch({ a: {}, b: {}, c: dependingOn('b'), d: { ...dependingOn('b'), onParentFailure: 'run' } });
    await answered(engine.cancel(b !== undefined && 'task' in b ? b.task.id : '', caller));
    await pass();
    expect(row(3)).toMatchObject({ status: 'failed', error: { code: 'dependency_failed' } });
    hands.end(1);
    await pass();
    expect(hands.started).toEqual(['1/1', '4/1']);
  });

  it('can be cancelled and can miss its deadline while it waits; then its parents move nothing', async () => {
    const { engine, answered, batch, clock, hands, pass, row } = await setup();
    const [, b] = await batch({ a: {}, b: dependingOn('a'), c: { ...dependingOn('a'), deadline: clock.now() + 50 } });
    await answered(engine.cancel(b !== undefined && 'task' in b ? b.task.id : '', caller));
    await pass(60);
    expect([row(2).status, row(3).error?.code]).toEqual(['cancelled', 'deadline_exceeded']);
    hands.end(1);
    await pass();
    expect(hands.started).toEqual(['1/1']);
    expect(engine.inspect().waiting.tenant.size).toBe(0);
  });

  it('waits on over a crash, and is found when its parent ended in the very last commit', async () => {
    const first = await setup();
    await first.batch({
      a: {},
      b: {},
      c: dependingOn('a'),
      d: dependingOn('b'),
      e: { ...dependingOn('b'), runAt: first.clock.now() + 5_000 },
    });
    first.disk.fault = { kind: 'crash', when: 'after' };
    first.hands.end(1);
    await first.pass();
    const image = first.crash();
    const { hands, pass, row } = await setup({ image, clock: first.clock });
    await pass(3_000); // task 2 was lost and backs off
    expect(row(3).attempt + row(4).attempt).toBe(1);
    expect(row(4)).toMatchObject({ status: 'delayed', attempt: 0 });
    hands.end(2);
    await pass(5_100);
    expect(hands.started).toEqual(['3/1', '2/2', '4/1', '5/1']);
  });

  it('gets what they returned, or how they ended', async () => {
    const { batch, hands, pass } = await setup();
    await batch({ a: {}, b: {}, c: { ...dependingOn('a', 'b'), onParentFailure: 'run' } });
    hands.end(1, { kind: 'succeeded', result: { rows: 3 } });
    hands.end(2, broken);
    await pass();
    expect(hands.parentsOf(3)).toMatchObject([
      { name: 'a', status: 'completed', result: { rows: 3 } },
      { name: 'b', status: 'failed', result: null },
    ]);
  });

  it('says whom it waits for', async () => {
    const { engine, answered, batch, hands, pass } = await setup();
    const [, , c] = await batch({ a: {}, b: {}, c: dependingOn('a', 'b') });
    hands.end(1);
    await pass();
    const id = c !== undefined && 'task' in c ? c.task.id : '';
    expect(await answered(engine.explain(id, caller))).toMatchObject({
      holds: [
        { code: 'waiting_for_dependency', clearedBy: 'submitter', need: 2, have: 1, task: 2, summary: expect.stringContaining('b (') },
      ],
      unblock: [],
    });
    expect(await answered(engine.waiting({ limit: 9 }))).toMatchObject({ reasons: [{ code: 'waiting_for_dependency', tasks: 1 }] });
  });

  it('is done again with the same parents, unless they would end it at once', async () => {
    const { engine, answered, batch, hands, pass, row } = await setup();
    const [a, b] = await batch({ a: {}, b: dependingOn('a') });
    const idOf = (item: typeof a) => (item !== undefined && 'task' in item ? item.task.id : '');
    hands.end(1);
    await pass();
    hands.end(2, broken);
    await pass();
    await answered(engine.retry(idOf(b), caller));
    expect(row(3)).toMatchObject({ dependsOn: row(2).dependsOn, status: 'processing' });
    const [c, d] = await batch({ c: {}, d: dependingOn('c') });
    await answered(engine.cancel(idOf(c), caller));
    await pass();
    expect(await answered(codeOf(engine.retry(idOf(d), caller)))).toBe('wrong_status');
  });
});

describe('a batch whose items depend on each other', () => {
  it('may name them in any order, by ref or place', async () => {
    const { batch, hands, pass, row } = await setup();
    await batch({ last: dependingOn('middle', 2), middle: dependingOn('first'), first: {} });
    expect(row(1)).toMatchObject({ dependsOn: null });
    expect(row(3).dependsOn?.parents.map(({ seq, name }) => [seq, name])).toEqual([
      [2, 'middle'],
      [1, 'first'],
    ]);
    for (const seq of [1, 2, 3]) {
      hands.end(seq);
      await pass();
    }
    expect(hands.started).toEqual(['1/1', '2/1', '3/1']);
  });

  it('refuses a circle, naming it, and all of an atomic batch with it', async () => {
    const { batch, store } = await setup();
    const circle = { ok: {}, a: dependingOn('c', 'ok'), b: dependingOn('a'), c: dependingOn('b'), behind: dependingOn('c') };
    const items = await batch(circle);
    expect(seqsOf(items)).toEqual([1, ...Array.from({ length: 4 }, () => expect.stringMatching(/circle: 1 -> 3 -> 2 -> 1|item 3, which/))]);
    expect(await codeOf(batch(circle, true))).toBe('validation_failed');
    expect(store.snapshot().tasks).toHaveLength(1);
  });

  it('refuses a task that depends on itself, on nothing there is, on one twice, and a ref used twice', async () => {
    const { batch, engine, answered } = await setup();
    const items = await batch({ self: dependingOn('self'), lost: dependingOn('nobody', 77), twice: dependingOn('ok', 3), ok: {} });
    expect(seqsOf(items)).toEqual([
      expect.stringContaining('circle: 0 -> 0'),
      expect.stringContaining('"nobody" is unknown'),
      expect.stringContaining('twice'),
      1,
    ]);
    const same = [
      { type: 'job', ref: 'x' },
      { type: 'job', ref: 'x' },
    ];
    expect(seqsOf(await answered(engine.submitBatch(same, caller)))).toEqual([2, expect.stringContaining('another item')]);
  });

  it('refuses the children of what is refused, near and far, and keeps the rest', async () => {
    const { batch } = await setup();
    const items = await batch({ bad: { type: 'nothing' }, child: dependingOn('bad'), grandchild: dependingOn('child'), fine: {} });
    expect(seqsOf(items)).toEqual([
      expect.stringContaining('Invalid task type'),
      expect.stringContaining('item 0, which it depends on, was refused'),
      expect.stringContaining('item 1, which it depends on, was refused'),
      1,
    ]);
  });

  it('is the same when it is sent again with its keys, in whole or with one item more', async () => {
    const { batch, store } = await setup();
    const key = (name: string) => ({ idempotency: { key: name, fingerprint: name } });
    const items = { a: key('a'), b: { ...dependingOn('a'), ...key('b') } };
    await batch(items);
    expect(await batch({ ...items, c: { ...dependingOn('b'), ...key('c') } })).toMatchObject([
      { replayed: true, task: { seq: 1 } },
      { replayed: true, task: { seq: 2 } },
      { replayed: false, task: { dependsOn: { parents: [{ seq: 2, name: 'b' }] } } },
    ]);
    expect(store.snapshot().tasks).toHaveLength(3);
  });
});

it('a parent of another tenant is as unknown as any', async () => {
  const { engine, answered, submit } = await setup();
  const { id } = await submit({ tenant: 'acme' });
  expect(await answered(codeOf(engine.submit({ type: 'job', tenant: 'blue', ...dependingOn(id) }, caller)))).toBe('unknown_reference');
  expect(await answered(codeOf(engine.submit({ type: 'job', tenant: 'acme', ...dependingOn(id) }, caller)))).toBe('accepted');
});
