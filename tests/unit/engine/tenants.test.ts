import { describe, expect, it } from 'vitest';
import { type TenantSpec, unlimitedTenant } from '../../../src/core/domain/tenant.ts';
import { aPool, aType, caller, codeOf, setup as setupEngine } from '../../helpers/engine.ts';

const acme = (limits: Partial<TenantSpec> = {}): TenantSpec => ({ ...unlimitedTenant, ...limits, name: 'acme' });

async function setup(options: Parameters<typeof setupEngine>[0] = {}) {
  const made = await setupEngine({ pools: [aPool({ capacity: 5 })], ...options });
  const { engine, answered, submit } = made;
  return {
    ...made,
    put: (limits: Partial<TenantSpec>, force = false) => answered(engine.putTenant(acme(limits), caller, { force })),
    putCode: (limits: Partial<TenantSpec>) => answered(codeOf(engine.putTenant(acme(limits), caller))),
    async submits(count: number, tenant = 'acme') {
      for (let i = 0; i < count; i++) await submit({ tenant });
    },
  };
}

describe('the limits of a tenant', () => {
  it('bound its running attempts over all types, at once and after a restart', async () => {
    const first = await setup({ types: [aType(), aType({ name: 'other' })] });
    await first.put({ maxRunning: 2 });
    await first.submits(2);
    await first.submit({ tenant: 'acme', type: 'other' });
    await first.submits(1, 'blue');
    expect(first.hands.running).toEqual([1, 2, 4]);
    const task = await first.engine.task(first.row(3).id, caller);
    expect(first.engine.reasonOf(task!)).toMatchObject({ code: 'tenant_limit', clearedBy: 'quota_owner', need: 2, have: 2 });
    expect(first.engine.tenant('acme')).toMatchObject({ running: 2, waiting: 1 });

    const second = await setup({ image: first.crash(), clock: first.clock });
    await second.pass(5_000);
    expect(second.hands.running).toHaveLength(3);
    expect(second.engine.tenant('acme')).toMatchObject({ running: 2, waiting: 1, tenant: { maxRunning: 2, version: 1 } });
  });

  it('are its guarantee and what it may borrow, where that is less', async () => {
    const { put, submits, hands } = await setup();
    await put({ maxRunning: 4, guaranteed: 1, borrow: 1 });
    await submits(4);
    expect(hands.running).toEqual([1, 2]);
  });

  it('let it go first until it has what it is guaranteed', async () => {
    const { engine, answered, put, submits, hands, pass } = await setup({ pools: [aPool({ state: 'paused', capacity: 3 })] });
    await put({ guaranteed: 1 });
    await submits(3, 'blue');
    await submits(2);
    await answered(engine.changePool('p', { state: 'active' }, caller));
    expect(hands.started).toEqual(['4/1', '1/1', '2/1']);
    hands.end(4);
    await pass();
    expect(hands.started.at(-1)).toBe('5/1');
  });

  it('hold for every start after they are written, also for one that is decided meanwhile', async () => {
    const { engine, disk, hands, pass } = await setup();
    disk.delayMs = 10;
    void engine.submitBatch(Array(3).fill({ type: 'job', tenant: 'acme' }), caller);
    await pass(9);
    void engine.putTenant(acme({ maxRunning: 1 }), caller);
    await pass(60);
    expect(hands.started).toEqual(['1/1']);
  });

  it('hold for every submit that the log says came after them', async () => {
    const { engine, disk, pass, told } = await setup({ pools: [aPool({ state: 'paused' })] });
    disk.delayMs = 10;
    const submit = () => void engine.submit({ type: 'job', tenant: 'acme' }, caller).catch(() => {});
    submit();
    void engine.putTenant(acme({ maxWaiting: 2 }), caller);
    await pass(5);
    submit();
    submit();
    await pass(60);
    expect(told().filter((word) => word === 'created' || word === 'tenant_added')).toEqual(['created', 'tenant_added', 'created']);
  });

  it('are as before when the change cannot be written', async () => {
    const { disk, put, putCode, submits, hands, pass, engine } = await setup();
    await put({ maxRunning: 3 });
    disk.fault = { kind: 'full' };
    expect(await putCode({ maxRunning: 0, maxWaiting: 0 })).toBe('storage_full');
    disk.fault = undefined;
    await pass(1_000);
    await submits(4);
    expect([hands.running, engine.tenant('acme')?.tenant.version]).toEqual([[1, 2, 3], 1]);
  });

  it('end with its entry, and whoever waited for them starts', async () => {
    const { engine, answered, put, submits, hands, told } = await setup();
    await put({ maxRunning: 1 });
    await submits(2);
    await answered(engine.removeTenant('acme', caller));
    expect([hands.running, engine.tenants()]).toEqual([[1, 2], []]);
    expect(told()).toContain('tenant_removed');
    expect(await answered(codeOf(engine.removeTenant('acme', caller)))).toBe('not_found');
    expect(await answered(codeOf(engine.changeTenant('acme', { weight: 2 }, caller)))).toBe('not_found');
  });

  it('change one by one, under versions', async () => {
    const { engine, answered, put } = await setup();
    await put({ maxRunning: 1, weight: 2 });
    const changed = await answered(engine.changeTenant('acme', { maxRunning: 5 }, caller, { ifVersion: 1 }));
    expect(changed.tenant).toEqual({ ...acme({ maxRunning: 5, weight: 2 }), version: 2 });
    expect(await answered(codeOf(engine.changeTenant('acme', { weight: 3 }, caller, { ifVersion: 1 })))).toBe('version_mismatch');
    expect(await answered(codeOf(engine.putTenant(acme(), caller, { ifVersion: 0 })))).toBe('version_mismatch');
    expect(await answered(codeOf(engine.removeTenant('acme', caller, 1)))).toBe('version_mismatch');
    await answered(
      Promise.all([engine.changeTenant('acme', { weight: 4 }, caller), engine.changeTenant('acme', { maxRunning: 9 }, caller)]),
    );
    expect(engine.tenant('acme')?.tenant).toMatchObject({ weight: 4, maxRunning: 9, version: 4 });
  });

  it('are refused where they contradict each other', async () => {
    const { putCode } = await setup();
    expect(await putCode({ maxRunning: 2, guaranteed: 3 })).toBe('validation_failed');
    expect(await putCode({ maxRunning: 3, guaranteed: 3 })).toBe('accepted');
  });
});

describe('limits of a tenant by type', () => {
  const types = [aType({ limitPerTenant: 1 }), aType({ name: 'other' })];

  it('take the place of what the type says for each tenant: higher, lower, or where it says nothing', async () => {
    const { put, submits, submit, hands, engine, row } = await setup({ types, pools: [aPool({ capacity: 9 })] });
    await put({ typeLimits: { job: 2, other: 0 } });
    await submits(3);
    await submits(2, 'blue');
    await submit({ tenant: 'acme', type: 'other' });
    expect(hands.running).toEqual([1, 2, 4]);
    const task = await engine.task(row(3).id, caller);
    expect(engine.reasonOf(task!)).toMatchObject({ code: 'tenant_type_limit', clearedBy: 'quota_owner', need: 2, have: 2 });
    await put({ typeLimits: {} }, true);
    expect(hands.running).toEqual([1, 2, 4, 6]);
    hands.end(1);
    hands.end(2);
    await put({});
    expect(hands.running).toEqual([4, 6, 3]);
  });

  it('hold over a restart, and while a change of them is written both', async () => {
    const first = await setup({ types, pools: [aPool({ capacity: 9 })] });
    await first.put({ typeLimits: { job: 3 } });
    await first.submits(4);
    const second = await setup({ image: first.crash(), clock: first.clock });
    await second.pass(5_000);
    expect(second.hands.running).toHaveLength(3);
    second.disk.delayMs = 10;
    void second.engine.putTenant(acme(), caller, { force: true });
    for (const seq of second.hands.running) second.hands.end(seq);
    await second.pass(60);
    expect(second.hands.running).toHaveLength(1);
  });

  it('are not set below what runs, unless it is meant; others are not asked', async () => {
    const { engine, answered, put, putCode, submits } = await setup({ types: [aType()] });
    await put({ typeLimits: { job: 3 } });
    await submits(3);
    await submits(1, 'blue');
    expect([await putCode({ typeLimits: { job: 2 } }), await putCode({ typeLimits: { job: 3 } })]).toEqual(['quota_in_use', 'accepted']);
    const type = (limitPerTenant: number) => answered(codeOf(engine.putType(aType({ limitPerTenant }), caller)));
    expect([await type(0), await type(1)]).toEqual(['quota_in_use', 'accepted']);
    expect(await putCode({})).toBe('quota_in_use'); // one by the type, and three run
  });

  it('name types that are there', async () => {
    const { putCode, put, engine, answered } = await setup({ types });
    expect(await putCode({ typeLimits: { jab: 1 } })).toBe('validation_failed');
    await put({ typeLimits: { other: 1 } });
    await answered(engine.removeType('other', caller));
    expect(await putCode({ typeLimits: { other: 2 } })).toBe('accepted');
  });
});

describe('a limit below what is in use', () => {
  it('is refused with what is allowed, unless it is meant', async () => {
    const { engine, answered, put, putCode, submits, hands, pass } = await setup({ pools: [aPool({ capacity: 2 })] });
    await submits(5);
    const refusal = await answered(engine.putTenant(acme({ maxRunning: 1 }), caller).catch((error: Error) => error));
    expect(refusal).toMatchObject({
      code: 'quota_in_use',
      message: expect.stringMatching(/^2 attempts run of tenant acme: max_running must be at least 2, and it was 1\. /),
      errors: [{ path: '/body/max_running' }],
    });
    expect(await putCode({ guaranteed: 0, borrow: 1 })).toBe('quota_in_use');
    expect(await putCode({ maxWaiting: 2 })).toBe('quota_in_use');
    expect(await putCode({ maxRunning: 2, maxWaiting: 3 })).toBe('accepted');
    await put({ maxRunning: 1, maxWaiting: 0 }, true);
    hands.end(1);
    await pass();
    expect(hands.running).toEqual([2]);
    hands.end(2);
    await pass();
    expect(hands.running).toEqual([3]);
  });

  it('may stay or rise, though still below', async () => {
    const { put, putCode, submits } = await setup();
    await submits(3);
    await put({ maxRunning: 1 }, true);
    expect([await putCode({ maxRunning: 1, weight: 2 }), await putCode({ maxRunning: 2 }), await putCode({ maxRunning: 1 })]).toEqual([
      ...['accepted', 'accepted', 'quota_in_use'],
    ]);
  });

  it('of a type too: in all, of one tenant, and waiting', async () => {
    const { engine, answered, submits } = await setup({ pools: [aPool({ capacity: 3 })] });
    await submits(2);
    await submits(3, 'blue');
    const code = (limits: object, force = false) => answered(codeOf(engine.putType(aType(limits), caller, { force })));
    expect(await code({ limitTotal: 2 })).toBe('quota_in_use');
    expect(await code({ limitPerTenant: 1 })).toBe('quota_in_use');
    expect(await code({ limitWaiting: 1 })).toBe('quota_in_use');
    expect(await code({ limitTotal: 3, limitPerTenant: 2, limitWaiting: 2 })).toBe('accepted');
    expect(await code({ limitTotal: 0 }, true)).toBe('accepted');
  });
});

it('tenants without limits are told by what they have under way', async () => {
  const { engine, put, submits } = await setup({ pools: [aPool({ capacity: 3 })] });
  await put({});
  await submits(1);
  await submits(3, 'blue');
  await submits(1, 'core');
  expect(engine.otherTenants(9)).toEqual([
    { name: 'blue', running: 2, waiting: 1 },
    { name: 'core', running: 0, waiting: 1 },
  ]);
  expect(engine.otherTenants(1)).toHaveLength(1);
});
