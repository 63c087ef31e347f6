import { describe, expect, it } from 'vitest';
import type { TaskRouterError } from '../../../src/core/domain/errors.ts';
import { type TenantSpec, unlimitedTenant } from '../../../src/core/domain/tenant.ts';
import { aPool, aType, caller, codeOf, setup as setupEngine } from '../../helpers/engine.ts';

const key = (name: string) => ({ idempotency: { key: name, fingerprint: name } });

/** An engine whose pool is paused, with short words for what these tests do all the time. */
async function setup(options: Parameters<typeof setupEngine>[0] = {}) {
  const made = await setupEngine({ pools: [aPool({ state: 'paused' })], ...options });
  const { engine, answered } = made;
  return {
    ...made,
    limit: (limits: Partial<TenantSpec>, name = 'acme') => answered(engine.putTenant({ ...unlimitedTenant, ...limits, name }, caller)),
    /** What a submit is answered with. */
    tries: (tenant = 'acme', type = 'job', name?: string) =>
      answered(codeOf(engine.submit({ type, tenant }, caller, name === undefined ? {} : key(name)))),
    refusalOf: async (call: Promise<unknown>) => answered(call.then(() => undefined).catch((error: TaskRouterError) => error)),
  };
}

describe('depth', () => {
  it('of a tenant bounds what waits, queued and delayed, and nobody else', async () => {
    const { engine, clock, limit, tries, refusalOf, store } = await setup();
    await limit({ maxWaiting: 2 });
    expect(await tries()).toBe('accepted');
    await refusalOf(engine.submit({ type: 'job', tenant: 'acme', runAt: clock.now() + 60_000 }, caller));
    expect(await tries()).toBe('quota_exceeded');
    expect(await tries('blue')).toBe('accepted');
    expect(store.snapshot().tasks.map(({ tenant }) => tenant)).toEqual(['acme', 'acme', 'blue']);
    const refusal = await refusalOf(engine.submit({ type: 'job', tenant: 'acme' }, caller));
    expect(refusal).toMatchObject({
      message: 'At most 2 tasks of tenant acme may wait, and 2 do. Try again when some have started.',
      violated: ['tenant-waiting'],
      limits: [{ name: 'tenant-waiting', quota: 2, left: 0 }],
    });
  });

  it('of a type counts all tenants', async () => {
    const { tries } = await setup({ types: [aType({ limitWaiting: 2 }), aType({ name: 'other' })] });
    expect(await Promise.all([tries('a'), tries('b'), tries('c'), tries('a', 'other')])).toEqual([
      ...['accepted', 'accepted', 'quota_exceeded', 'accepted'],
    ]);
  });

  it('counts those on their way to the disk, and gives their places back when they do not get there', async () => {
    const { limit, tries, disk, pass } = await setup();
    await limit({ maxWaiting: 2 });
    expect(await Promise.all([tries(), tries(), tries()])).toEqual(['accepted', 'accepted', 'quota_exceeded']);
    await limit({ maxWaiting: 3 });
    disk.fault = { kind: 'full' };
    expect(await tries()).toBe('storage_full');
    disk.fault = undefined;
    await pass(1_000);
    expect([await tries(), await tries()]).toEqual(['accepted', 'quota_exceeded']);
  });

  it('has room again when a task starts, is cancelled, or passes its deadline', async () => {
    const { engine, answered, clock, limit, tries, pass, submit } = await setup({ pools: [aPool()] });
    await limit({ maxWaiting: 1 });
    await submit({ tenant: 'acme' }); // runs at once
    const { id } = await submit({ tenant: 'acme' });
    expect(await tries()).toBe('quota_exceeded');
    await answered(engine.cancel(id, caller));
    await submit({ tenant: 'acme', deadline: clock.now() + 50 });
    expect(await tries()).toBe('quota_exceeded');
    await pass(60);
    expect([await tries(), await tries()]).toEqual(['accepted', 'quota_exceeded']);
  });

  it('counts tasks that come back from a failed attempt, and refuses none of those', async () => {
    const { limit, tries, hands, pass, row, submit } = await setup({ pools: [aPool({ capacity: 2 })] });
    await limit({ maxWaiting: 1 });
    await submit({ tenant: 'acme' });
    await submit({ tenant: 'acme' });
    for (const seq of [1, 2]) hands.end(seq, { kind: 'failed', code: 'x', message: 'no', retryable: true });
    await pass();
    expect([row(1).status, row(2).status]).toEqual(['delayed', 'delayed']);
    expect(await tries()).toBe('quota_exceeded');
  });

  it('is right after a restart', async () => {
    const first = await setup();
    await first.limit({ maxWaiting: 2 });
    await first.tries();
    const second = await setup({ image: first.crash(), clock: first.clock });
    expect([await second.tries(), await second.tries()]).toEqual(['accepted', 'quota_exceeded']);
  });
});

describe('a rate', () => {
  it('of 10/s, burst 3: of four submits at once three are accepted, and the fourth is told 0.1 s', async () => {
    const { engine, limit, tries, refusalOf, pass, store } = await setup();
    await limit({ rate: { perSecond: 10, burst: 3 } });
    expect(await Promise.all([tries(), tries(), tries()])).toEqual(['accepted', 'accepted', 'accepted']);
    const refusal = await refusalOf(engine.submit({ type: 'job', tenant: 'acme' }, caller));
    expect(refusal).toMatchObject({
      ...{ code: 'rate_limited', retryAfterS: 0.1, violated: ['tenant'] },
      message: 'tenant acme may submit 10 tasks a second, 3 at once. Try again in 0.1 s.',
      limits: [{ name: 'tenant', quota: 3, windowS: 0.3, left: 0, resetS: 0.3 }],
    });
    expect(store.snapshot().tasks).toHaveLength(3);
    await pass(99);
    expect(await tries()).toBe('rate_limited');
    await pass(1);
    expect(await tries()).toBe('accepted');
  });

  it('of a type is shared by its tenants; where one of several limits refuses, nothing is taken of the others', async () => {
    const { limit, tries, engine } = await setup({ types: [aType({ rate: { perSecond: 1, burst: 2 } })] });
    await limit({ rate: { perSecond: 1, burst: 5 }, maxWaiting: 9 });
    expect([await tries(), await tries('blue'), await tries(), await tries()]).toEqual([
      ...['accepted', 'accepted', 'rate_limited', 'rate_limited'],
    ]);
    expect(engine.submitLimits('acme', 'job')).toMatchObject([
      { name: 'tenant', left: 4 },
      { name: 'tenant-waiting', left: 8 },
      { name: 'type', left: 0 },
    ]);
  });

  it('does not count what is refused for another reason', async () => {
    const { engine, limit, tries, refusalOf } = await setup();
    await limit({ rate: { perSecond: 1, burst: 1 } });
    await refusalOf(engine.submit({ type: 'job', tenant: 'acme', region: 'mars' }, caller));
    expect([await tries(), await tries()]).toEqual(['accepted', 'rate_limited']);
  });

  it('does not count a request that was answered before, and answers it again when nothing is left', async () => {
    const { limit, tries } = await setup();
    await limit({ rate: { perSecond: 1, burst: 2 }, maxWaiting: 2 });
    const same = () => tries('acme', 'job', 'k');
    expect([await same(), await same(), await same()]).toEqual(['accepted', 'accepted', 'accepted']);
    expect(await tries()).toBe('accepted');
    expect([await tries(), await same()]).toEqual(['quota_exceeded', 'accepted']);
  });

  it('counts a repeated key once also when both come in one moment', async () => {
    const { limit, tries, store } = await setup();
    await limit({ rate: { perSecond: 1, burst: 3 } });
    await Promise.all([tries('acme', 'job', 'k'), tries('acme', 'job', 'k')]);
    expect(store.snapshot().tasks).toHaveLength(1);
    expect([await tries(), await tries(), await tries()]).toEqual(['accepted', 'accepted', 'rate_limited']);
  });

  it('goes on after a restart where it stood', async () => {
    const rate = { perSecond: 1, burst: 3 };
    const first = await setup();
    await first.limit({ rate });
    await first.limit({ rate }, 'blue');
    await Promise.all([first.tries(), first.tries(), first.tries('other')]);
    const second = await setup({ image: first.crash(), clock: first.clock });
    expect(await Promise.all([second.tries(), second.tries()])).toEqual(['accepted', 'rate_limited']);
    expect(await Promise.all(['blue', 'blue', 'blue', 'blue'].map((tenant) => second.tries(tenant)))).toEqual([
      ...['accepted', 'accepted', 'accepted', 'rate_limited'],
    ]);
  });

  it('takes the burst for used up when it cannot know: rows were removed', async () => {
    const first = await setup();
    await first.limit({ rate: { perSecond: 1, burst: 3 } });
    await first.tries('other');
    await first.tries('other');
    const image = first.crash();
    const second = await setup({ image: { ...image, tasks: image.tasks.slice(1) }, clock: first.clock });
    expect(await second.tries()).toBe('rate_limited');
    await second.pass(1_000);
    expect([await second.tries(), await second.tries()]).toEqual(['accepted', 'rate_limited']);
  });
});

describe('in a batch', () => {
  it('each item counts and gets its own answer', async () => {
    const { engine, answered, limit, store } = await setup();
    await limit({ maxWaiting: 2 });
    const items = ['acme', 'acme', 'acme', 'blue', 'acme'].map((tenant) => ({ type: 'job', tenant }));
    const results = await answered(engine.submitBatch(items, caller));
    expect(results.map((result) => ('error' in result ? (result.error as TaskRouterError).code : result.task.seq))).toEqual([
      ...[1, 2, 'quota_exceeded', 3, 'quota_exceeded'],
    ]);
    expect(store.snapshot().tasks).toHaveLength(3);
  });

  it('that is repeated answers as before, whatever the limits say by now', async () => {
    const { engine, answered, limit } = await setup();
    await limit({ maxWaiting: 3, rate: { perSecond: 1, burst: 3 } });
    const batch = () =>
      answered(
        engine.submitBatch(
          ['a', 'b', 'a'].map((name) => ({ type: 'job', tenant: 'acme', ...key(name) })),
          caller,
        ),
      );
    const first = await batch();
    expect(first.map((result) => 'task' in result && [result.task.seq, result.replayed])).toEqual([
      [1, false],
      [2, false],
      [1, true],
    ]);
    await answered(engine.submit({ type: 'job', tenant: 'acme' }, caller));
    expect((await batch()).map((result) => 'task' in result && [result.task.seq, result.replayed])).toEqual([
      [1, true],
      [2, true],
      [1, true],
    ]);
  });

  it('that is atomic, one item too many refuses all and takes nothing', async () => {
    const { engine, answered, limit, refusalOf, store } = await setup();
    await limit({ maxWaiting: 3, rate: { perSecond: 1, burst: 3 } });
    const batch = (count: number) => engine.submitBatch(Array(count).fill({ type: 'job', tenant: 'acme' }), caller, { atomic: true });
    expect(await refusalOf(batch(4))).toMatchObject({ code: 'quota_exceeded', violated: ['tenant-waiting'] });
    expect(store.snapshot().tasks).toEqual([]);
    expect(await answered(batch(3))).toHaveLength(3);
    expect(engine.submitLimits('acme', 'job')).toMatchObject([{ left: 0 }, { left: 0 }]);
  });

  it('that is atomic, replays need no place', async () => {
    const { engine, answered, limit } = await setup();
    await limit({ maxWaiting: 2 });
    const items = ['a', 'b'].map((name) => ({ type: 'job', tenant: 'acme', ...key(name) }));
    await answered(engine.submitBatch(items.slice(0, 1), caller, { atomic: true }));
    const results = await answered(engine.submitBatch(items, caller, { atomic: true }));
    expect(results.map((result) => 'task' in result && result.replayed)).toEqual([true, false]);
    expect(await answered(codeOf(engine.submitBatch([...items, { type: 'job', tenant: 'acme' }], caller, { atomic: true })))).toBe(
      'quota_exceeded',
    );
  });
});
