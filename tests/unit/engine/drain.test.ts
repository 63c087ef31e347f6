import { describe, expect, it } from 'vitest';
import { aPool, caller, codeOf, setup } from '../../helpers/engine.ts';

describe('a drain', () => {
  it('lets what runs end, takes nothing new and starts nothing', async () => {
    const { engine, answered, hands, pass, submit, row } = await setup();
    await submit();
    await submit();
    const drained = engine.drain(10_000);
    await pass();
    expect(await answered(codeOf(engine.submit({ type: 'job' }, caller)))).toBe('draining');
    hands.end(1);
    await answered(drained);
    expect([row(1).status, row(2).status, hands.started]).toEqual(['completed', 'queued', ['1/1']]);
  });

  it('releases what does not end within its grace, without counting the attempt', async () => {
    const { engine, pass, submit, row, told } = await setup();
    await submit({ maxAttempts: 1 });
    let isDrained = false;
    void engine.drain(5_000).then(() => {
      isDrained = true;
    });
    await pass(4_999);
    expect([isDrained, row(1).status]).toEqual([false, 'processing']);
    await pass(1);
    expect([isDrained, row(1).status, row(1).attemptsUsed]).toEqual([true, 'queued', 0]);
    expect(told(1)).toEqual(['created', 'scheduled', 'released']);
  });

  it('can be hurried', async () => {
    const { engine, answered, submit, row } = await setup();
    await submit();
    const drained = engine.drain(60_000);
    void engine.drain(0);
    await answered(drained);
    expect(row(1).status).toBe('queued');
  });

  it('can be hurried before it has begun', async () => {
    const { engine, answered, submit, row } = await setup();
    await submit();
    void engine.drain(0);
    await answered(engine.drain(60_000));
    expect(row(1).status).toBe('queued');
  });

  it('waits for claims whose commit is out, and releases what they started', async () => {
    const { engine, disk, pass, told, row } = await setup({ pools: [aPool({ capacity: 3 })] });
    disk.delayMs = 50;
    void engine.submitBatch(new Array(3).fill({ type: 'job' }), caller);
    await pass(60); // decided; the claims come at 100
    let isDrained = false;
    void engine.drain(0).then(() => {
      isDrained = true;
    });
    await pass(39);
    expect(isDrained).toBe(false);
    await pass(200);
    expect([isDrained, row(1).status, row(2).status, row(3).status]).toEqual([true, 'queued', 'queued', 'queued']);
    expect(told(1)).toEqual(['created', 'scheduled', 'released']);
  });

  it('ends though the work is deaf, and leaves it to the next start', async () => {
    const { engine, hands, answered, submit, row } = await setup();
    hands.isDeaf = true;
    await submit();
    await answered(engine.drain(0), 3_000);
    expect(row(1).status).toBe('processing');
  });

  it('ends though the disk is full', async () => {
    const { engine, disk, hands, answered, pass, submit, row } = await setup();
    await submit();
    disk.fault = { kind: 'full' };
    hands.end(1);
    await pass();
    await answered(engine.drain(0), 3_000);
    expect(row(1).status).toBe('processing');
  });

  it('leaves no timer behind', async () => {
    const { engine, answered, submit, clock, pending } = await setup({ options: { algorithm: { algorithm: 'region_aware' } } });
    await submit({ deadline: clock.now() + 60_000 });
    await submit({ runAt: clock.now() + 60_000 });
    await submit();
    await answered(engine.drain(0), 3_000);
    expect(pending()).toBe(0);
  });
});
