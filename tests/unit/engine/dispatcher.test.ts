import { describe, expect, it } from 'vitest';
import { aPool, aType, caller, setup } from '../../helpers/engine.ts';

describe('dispatch', () => {
  it('starts nothing before its commit returned', async () => {
    const { engine, disk, hands, pass, row } = await setup();
    disk.delayMs = 50;
    void engine.submit({ type: 'job' }, caller);
    await pass(50);
    expect(row(1).status).toBe('queued');
    await pass(49);
    expect([row(1).status, hands.started]).toEqual(['queued', []]);
    await pass(1);
    expect([row(1).status, hands.started]).toEqual(['processing', ['1/1']]);
  });

  it('writes down what was decided, by whom and at which price', async () => {
    const { store, submit } = await setup();
    await submit();
    const scheduled = store.snapshot().log.find((entry) => entry.type === 'scheduled');
    expect(scheduled?.details).toMatchObject({
      worker_pool: 'p',
      algorithm: 'fifo',
      region: 'us-east',
      cost_per_unit: 2,
      attempt: 1,
      epoch: 1,
    });
  });

  it('never starts a task whose cancel reached the disk first, and gives its slot to the next', async () => {
    const { engine, hands, pass, row } = await setup();
    const first = engine.submit({ type: 'job' }, caller);
    void engine.submit({ type: 'job' }, caller);
    // Called between the answer and the turn that decides, so the cancel is written before the claim.
    void first.then(({ task }) => engine.cancel(task.id, caller));
    await pass();
    expect([row(1).status, row(2).status]).toEqual(['cancelled', 'processing']);
    expect(hands.started).toEqual(['2/1']);
    expect(engine.inspect().pools[0]?.load).toBe(1);
  });

  it('decides more than one turn can take', async () => {
    const { engine, answered, hands } = await setup({ pools: [aPool({ capacity: 2_000 })], options: { maxWaiting: 5_000 } });
    await answered(engine.submitBatch(new Array(1_200).fill({ type: 'job' }), caller));
    expect(hands.started).toHaveLength(1_200);
    expect(engine.stats().scheduler.scheduled).toBe(1_200);
  });

  it('comes back when time alone allows the next start', async () => {
    const pools = [aPool({ name: 'home' }), aPool({ name: 'far', region: 'eu-west' })];
    const { hands, pass, submit } = await setup({ pools, options: { algorithm: { algorithm: 'region_aware' } } });
    await submit();
    await submit();
    expect(hands.running).toEqual([1]);
    await pass(4_999);
    expect(hands.running).toEqual([1]);
    await pass(1);
    expect(hands.running).toEqual([1, 2]);
  });

  it('is seen as stuck when a wake-up stays without an answer', async () => {
    const { engine, answered } = await setup({ types: [aType()] });
    expect(await answered(engine.health())).toMatchObject({ phase: 'ready', scheduler: true, queue: true, database: true });
  });
});
