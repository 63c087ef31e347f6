import { describe, expect, it } from 'vitest';
import type { SpendLimit } from '../../../src/core/domain/quota.ts';
import { unlimitedTenant } from '../../../src/core/domain/tenant.ts';
import { createVirtualClock } from '../../../src/core/replay/virtual-clock.ts';
import { aPool, caller, codeOf, setup as setupEngine } from '../../helpers/engine.ts';

const hour = 3_600_000;

/** A pool that charges 2 for a task, and a tenant that may spend 5 an hour. */
async function setup(options: Parameters<typeof setupEngine>[0] = {}) {
  const clock = options.clock ?? createVirtualClock();
  const made = await setupEngine({ pools: [aPool({ capacity: 9 })], ...options, clock });
  const { engine, answered, submit, hands, pass } = made;
  const spec = (spend: SpendLimit | null) => ({ ...unlimitedTenant, name: 'acme', spend });
  return {
    ...made,
    put: (spend: SpendLimit | null, force = false) => answered(engine.putTenant(spec(spend), caller, { force })),
    putCode: (spend: SpendLimit | null) => answered(codeOf(engine.putTenant(spec(spend), caller))),
    async submits(count: number) {
      for (let i = 0; i < count; i++) await submit({ tenant: 'acme' });
    },
    async ends(...seqs: number[]) {
      for (const seq of seqs) hands.end(seq);
      await pass();
    },
    spending: () => engine.tenant('acme')?.spending,
    /** Passes to the end of the window. */
    next: (windowMs: number) => pass(windowMs - (clock.now() % windowMs)),
  };
}

describe('what a tenant spends', () => {
  it('is bounded in each window: the rest waits for the next', async () => {
    const { put, submits, ends, spending, hands, next, clock } = await setup();
    const until = clock.now() - (clock.now() % hour) + hour;
    await put({ limit: 5, window: 'hour' });
    await submits(4);
    expect([hands.running, spending()]).toEqual([[1, 2], { spent: 0, reserved: 4, until }]);
    await ends(1, 2);
    expect([hands.running, spending()]).toEqual([[], { spent: 4, reserved: 0, until }]);
    await next(hour);
    expect([hands.running, spending()]).toEqual([[3, 4], { spent: 0, reserved: 4, until: until + hour }]);
  });

  it('counts failed attempts, and not those that were given back', async () => {
    const { put, submit, spending, hands, pass, engine, answered, row } = await setup();
    await put({ limit: 5, window: 'hour' });
    await submit({ tenant: 'acme', maxAttempts: 1 });
    await submit({ tenant: 'acme', maxAttempts: 1 });
    hands.end(1, { kind: 'failed', code: 'no', message: 'no', retryable: false });
    await pass();
    expect(spending()).toMatchObject({ spent: 2, reserved: 2 });
    await answered(engine.cancel(row(2).id, caller));
    expect([row(2).status, spending()]).toEqual(['cancelled', expect.objectContaining({ spent: 4, reserved: 0 })]);
  });

  it('is the same after a restart in the middle of a window, with what was lost', async () => {
    const first = await setup();
    await first.put({ limit: 7, window: 'day' });
    await first.submits(2);
    await first.ends(1);
    await first.submits(3);
    expect(first.hands.running).toEqual([2, 3]);
    expect(first.spending()).toMatchObject({ spent: 2, reserved: 4 });

    const second = await setup({ image: first.crash(), clock: first.clock });
    expect(second.spending()).toMatchObject({ spent: 6, reserved: 0 }); // two attempts were lost, and are paid for
    await second.next(hour);
    expect(second.hands.started).toEqual([]);
    await second.next(24 * hour);
    expect(second.hands.running).toHaveLength(3);
  });

  it('a limit on it takes effect on the next decision, from before its entry to after it', async () => {
    const { engine, answered, put, submits, hands, told } = await setup();
    await put({ limit: 2, window: 'hour' });
    await submits(4);
    await put({ limit: 4, window: 'hour' });
    expect(hands.running).toEqual([1, 2]);
    await put({ limit: 6, window: 'day' });
    expect(hands.running).toEqual([1, 2, 3]);
    await answered(engine.removeTenant('acme', caller));
    expect([hands.running, told().slice(-2)]).toEqual([
      [1, 2, 3, 4],
      ['tenant_removed', 'scheduled'],
    ]);
  });

  it('is not bounded below what was spent, unless it is meant', async () => {
    const { engine, answered, put, putCode, submits, hands, ends, clock } = await setup();
    await submits(2);
    await ends(1);
    const refusal = await answered(
      engine.putTenant({ ...unlimitedTenant, name: 'acme', spend: { limit: 3, window: 'hour' } }, caller).catch((error: Error) => error),
    );
    expect(refusal).toMatchObject({
      code: 'quota_in_use',
      message: expect.stringMatching(
        /^4 are spent or set aside in this hour of tenant acme: spend\.limit must be at least 4, and it was 3\. Wait until the hour ends, or/,
      ),
      errors: [{ path: '/body/spend/limit' }],
    });
    expect(await putCode({ limit: 4, window: 'month' })).toBe('accepted');
    expect(await putCode({ limit: 3, window: 'day' })).toBe('quota_in_use');
    await put({ limit: 3, window: 'hour' }, true);
    await submits(1);
    expect([await putCode({ limit: 3.5, window: 'hour' }), hands.running]).toEqual(['accepted', [2]]);
    expect(clock.now() % hour).toBeLessThan(hour - 1_000); // all in one hour
  });

  it('stays as it was when the change cannot be written', async () => {
    const { disk, put, putCode, submits, hands, pass } = await setup();
    await put({ limit: 4, window: 'hour' });
    disk.fault = { kind: 'full' };
    expect(await putCode({ limit: 0, window: 'day' })).toBe('storage_full');
    disk.fault = undefined;
    await pass(1_000);
    await submits(3);
    expect(hands.running).toEqual([1, 2]);
  });
});
