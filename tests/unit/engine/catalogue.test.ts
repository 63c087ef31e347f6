import { describe, expect, it } from 'vitest';
import { aPool, aType, caller, codeOf, setup } from '../../helpers/engine.ts';

describe('a change of a pool', () => {
  it('holds for every start after its commit, also for one that is decided while it is written', async () => {
    const { engine, disk, hands, pass, told } = await setup({ pools: [aPool({ capacity: 2 })] });
    disk.delayMs = 10;
    void engine.submit({ type: 'job' }, caller);
    // Its submit is committed at 10 and decided in the turn after; the pool is closed in between.
    await pass(9);
    void engine.changePool('p', { state: 'draining' }, caller);
    await pass(60);
    expect(hands.started).toEqual([]);
    expect(told().slice(-2).sort()).toEqual(['created', 'pool_changed']);
  });

  it('does not undo another one of the same moment', async () => {
    const { engine, answered } = await setup();
    await answered(Promise.all([engine.changePool('p', { capacity: 7 }, caller), engine.changePool('p', { costPerUnit: 3 }, caller)]));
    expect(engine.pools()[0]?.pool).toMatchObject({ capacity: 7, costPerUnit: 3, version: 3 });
  });

  it('that cannot be written leaves the pool as it was', async () => {
    const { engine, answered, disk, hands, pass, submit } = await setup();
    disk.fault = { kind: 'full' };
    expect(await answered(codeOf(engine.changePool('p', { state: 'paused' }, caller)))).toBe('storage_full');
    expect(await answered(codeOf(engine.removePool('p', caller)))).toBe('storage_full');
    disk.fault = undefined;
    await pass(1_000);
    await submit();
    expect(hands.started).toEqual(['1/1']);
  });

  it('lets start what waited for it', async () => {
    const { engine, answered, hands, submit } = await setup({ pools: [aPool({ state: 'paused' })] });
    await submit();
    await answered(engine.changePool('p', { state: 'active' }, caller));
    expect(hands.started).toEqual(['1/1']);
  });

  it('below its load stops new starts and no work', async () => {
    const { engine, answered, hands, pass, submit } = await setup({ pools: [aPool({ capacity: 2 })] });
    for (let i = 0; i < 3; i++) await submit();
    await answered(engine.changePool('p', { capacity: 1 }, caller));
    hands.end(1);
    await pass();
    expect(hands.running).toEqual([2]);
    hands.end(2);
    await pass();
    expect(hands.running).toEqual([3]);
  });

  it('is refused when it builds on an old version, or on nothing', async () => {
    const { engine, answered } = await setup();
    expect(await answered(codeOf(engine.changePool('p', { capacity: 2 }, caller, 7)))).toBe('version_mismatch');
    expect(await answered(codeOf(engine.changePool('nowhere', { capacity: 2 }, caller)))).toBe('not_found');
    expect(await answered(codeOf(engine.changePool('p', { types: ['nope'] }, caller)))).toBe('validation_failed');
    expect(await answered(codeOf(engine.addPool(aPool(), caller)))).toBe('already_exists');
  });
});

describe('removing a pool', () => {
  it('is refused while something runs there', async () => {
    const { engine, answered, hands, pass, submit } = await setup();
    await submit();
    expect(await answered(codeOf(engine.removePool('p', caller)))).toBe('pool_in_use');
    hands.end(1);
    await pass();
    await answered(engine.removePool('p', caller));
    expect(engine.pools()).toEqual([]);
  });

  it('lets nothing start there while it is written', async () => {
    const { engine, disk, hands, pass } = await setup();
    disk.delayMs = 10;
    void engine.submit({ type: 'job' }, caller);
    await pass(9);
    void engine.removePool('p', caller);
    await pass(60);
    expect([engine.pools(), hands.started]).toEqual([[], []]);
  });
});

describe('the limits of a type', () => {
  it('hold for every start after they are written, also for one that is decided meanwhile', async () => {
    const { engine, disk, hands, pass } = await setup({ pools: [aPool({ capacity: 5 })] });
    disk.delayMs = 10;
    void engine.submitBatch(new Array(3).fill({ type: 'job' }), caller);
    await pass(9);
    void engine.putType(aType({ limitTotal: 1 }), caller);
    await pass(60);
    expect(hands.started).toEqual(['1/1']);
  });

  it('are as before when the change cannot be written', async () => {
    const { engine, answered, disk, hands, pass, submit } = await setup({ pools: [aPool({ capacity: 5 })] });
    disk.fault = { kind: 'full' };
    expect(await answered(codeOf(engine.putType(aType({ limitTotal: 0 }), caller)))).toBe('storage_full');
    disk.fault = undefined;
    await pass(1_000);
    await submit();
    expect(hands.started).toEqual(['1/1']);
  });

  it('end with the type, and whoever waited for them starts', async () => {
    const { engine, answered, hands, submit } = await setup({ pools: [aPool({ capacity: 5 })], types: [aType({ limitTotal: 1 })] });
    await submit();
    await submit();
    expect(hands.running).toEqual([1]);
    await answered(engine.removeType('job', caller));
    expect(hands.running).toEqual([1, 2]);
    expect(await answered(codeOf(engine.submit({ type: 'job' }, caller)))).toBe('unknown_reference');
    expect(await answered(codeOf(engine.removeType('job', caller)))).toBe('not_found');
  });
});
